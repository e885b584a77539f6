/* What every map page of Pianqu shares. Folium's generated script calls these; nothing here builds HTML from data.
   pianqu.shared (maps/layers.py) holds style, groups, legend and words of the page's language. */
(function () {
  "use strict";
  var page = { words: {}, kinds: {}, bounds: null };
  var P = window.pianqu = { map: null, gl: null, raster: false, plan: null, ready: false, listeners: [] };
  /* borders lie under everything else: a click prefers what lies on them */
  var UNDER = /_district|_grid|admin_area/;

  function make(tag, className, text) {
    var node = document.createElement(tag);
    if (className) { node.className = className; }
    if (text !== undefined && text !== null) { node.textContent = text; }
    return node;
  }

  function data(text) {
    var node = make("bdi", "", text);
    node.lang = "zh-CN";
    return node;
  }

  /* ---- the ground: one WebGL map, or PNG tiles where there is none ---- */

  function hasWebGL() {
    if (new URLSearchParams(location.search).get("map") === "png") { return false; }
    var context = document.createElement("canvas").getContext("webgl2");
    if (!context) { return false; }
    var lose = context.getExtension("WEBGL_lose_context");
    if (lose) { lose.loseContext(); }
    return true;
  }

  function picture(url, zIndex) {
    return L.tileLayer(url, { maxZoom: 19, zIndex: zIndex, updateWhenIdle: true, keepBuffer: 1 });
  }

  P.ground = function (shown) {
    var shared = P.shared;
    P.shown = shown;
    if (!hasWebGL()) {
      P.raster = true;
      var tiles = picture(shared.picture + shared.ground, 1);
      tiles.whenGL = function () {};
      return tiles;
    }
    var absolute = JSON.parse(JSON.stringify(shared.style).split("{origin}").join(location.origin)), visible = {};
    shown.forEach(function (kind) { shared.groups[kind].ids.forEach(function (id) { visible[id] = true; }); });
    absolute.layers.forEach(function (layer) { if (visible[layer.id]) { layer.layout.visibility = "visible"; } });
    var layer = L.maplibreGL({
      style: absolute, pane: "tilePane", fadeDuration: 0, attributionControl: false,
      localIdeographFontFamily: shared.fonts, validateStyle: false, interactive: false, locale: { "Map.Title": page.words.ground_label }
    });
    layer.whenGL = function (then) {
      var gl = layer.getMaplibreMap();
      if (!gl) { layer.once("add", function () { layer.whenGL(then); }); return; }
      P.gl = gl;
      if (gl.style && gl.style._loaded) { then(gl); } else { gl.once("styledata", function () { layer.whenGL(then); }); }
    };
    layer.once("add", function () { layer.whenGL(function () {}); });
    return layer;
  };

  var groups = P.groups = [];
  var nextZ = 10;

  function group(ground, kind) {
    var layer, ids = P.shared.groups[kind].ids;
    if (P.raster) {
      layer = picture(P.shared.picture + P.shared.groups[kind].picture, nextZ++);
    } else {
      layer = new (L.Layer.extend({
        show: function (value) {
          ground.whenGL(function (gl) {
            ids.forEach(function (id) { gl.setLayoutProperty(id, "visibility", value); });
          });
        },
        onAdd: function () { this.show("visible"); },
        onRemove: function () { this.show("none"); }
      }))();
    }
    groups.push({ kind: kind, ids: ids, layer: layer });
    if (P.shown.indexOf(kind) >= 0) { layer.addTo(P.map); }
    return layer;
  }

  /* the legend: the page's own branches, then those of all pages */
  P.tree = function (map, ground, own, folded) {
    var layers = {};
    (page.groups || Object.keys(P.shared.groups)).forEach(function (kind) { layers[kind] = group(ground, kind); });
    var branches = P.shared.tree.map(function (branch) {
      return {
        label: branch.label, collapsed: folded || branch.collapsed,
        children: branch.children.filter(function (entry) { return layers[entry.group]; }).map(function (entry) { return { label: entry.label, layer: layers[entry.group] }; })
      };
    }).filter(function (branch) { return branch.children.length; });
    var control = L.control.layers.tree(null, own.concat(branches), {
      collapsed: map.getSize().x <= 480, closedSymbol: "+", openedSymbol: "−", spaceSymbol: " ", labelIsSelector: "both"
    }), update = control._update;
    /* the control makes its tree anew whenever a layer comes or goes */
    control._update = function () {
      update.call(this);
      if (this._container) { P.dressTree(this._container); }
      return this;
    };
    control.addTo(map);
  };

  P.dressTree = function (container) { treeByKeyboard(container); };

  /* ---- pop-ups: tile attributes at once, the rest by id ---- */

  /* opening hours in words */
  function hours(raw) {
    return P.shared.opening.reduce(function (said, rule) { return said.replace(new RegExp(rule[0], "g"), rule[1]); }, String(raw)).trim();
  }

  function value(kind, name, raw) {
    var field = kind.fields[name];
    if (field.choices && field.choices[raw] !== undefined) { return document.createTextNode(field.choices[raw]); }
    if (field.time) {
      var at = new Date(raw);
      if (!isNaN(at)) {
        return document.createTextNode(new Intl.DateTimeFormat("sv-SE", {
          timeZone: page.timeZone, dateStyle: "short", timeStyle: "short"
        }).format(at));
      }
    }
    if (typeof raw === "number") {
      return document.createTextNode((Math.round(raw * 100) / 100) + (field.unit ? " " + field.unit : ""));
    }
    if (field.opening) { return document.createTextNode(hours(raw)); }
    return data(String(raw));
  }

  function details(kind, properties) {
    var list = make("dl");
    Object.keys(kind.fields).forEach(function (name) {
      var raw = properties[name];
      if (raw === null || raw === undefined || raw === "") { return; }
      list.append(make("dt", "", kind.fields[name].title));
      var cell = make("dd");
      cell.append(value(kind, name, raw));
      list.append(cell);
    });
    if (!list.children.length) { list.append(make("dt", "", page.words.no_details)); }
    return list;
  }

  function openPopup(latlng, kind, content) {
    var box = make("div", "facts");
    box.append(make("h2", "", kind.title), content);
    return L.popup({ maxWidth: 300, minWidth: 190 }).setLatLng(latlng).setContent(box).openOn(P.map);
  }

  function showFeature(latlng, name, id, properties) {
    var kind = page.kinds[name];
    var popup = openPopup(latlng, kind, details(kind, properties));
    if (id === undefined || id === null) { return; }
    fetch("/collections/" + name + "/items/" + id, { headers: { Accept: "application/geo+json" } })
      .then(function (answer) { if (!answer.ok) { throw new Error(String(answer.status)); } return answer.json(); })
      .then(function (feature) {
        var box = make("div", "facts");
        box.append(make("h2", "", kind.title), details(kind, feature.properties));
        popup.setContent(box);
      })
      .catch(function () { popup.getContent().append(make("p", "remark", page.words.load_failed)); });
  }

  function askVector(event) {
    var gl = P.gl;
    if (!gl || !gl.style || !gl.style._loaded) { return; }
    var at = gl.project([event.latlng.lng, event.latlng.lat]);
    var ids = [];
    groups.forEach(function (group) { if (page.kinds[group.kind] && P.map.hasLayer(group.layer)) { ids = ids.concat(group.ids); } });
    ids = ids.filter(function (id) { return gl.getLayer(id) && !/-(name|band)$/.test(id); });
    var found = ids.length ? gl.queryRenderedFeatures([[at.x - 5, at.y - 5], [at.x + 5, at.y + 5]], { layers: ids }) : [];
    var feature = found.filter(function (f) { return !UNDER.test(f.sourceLayer); })[0] || found[0];
    if (!feature) { return; }
    if (feature.properties.n !== undefined) { showCell(event.latlng, feature); return; }
    showFeature(event.latlng, feature.sourceLayer, feature.id, feature.properties);
  }

  function showCell(latlng, feature) {
    var kind = page.kinds[feature.sourceLayer];
    var list = make("dl");
    list.append(make("dt", "", page.words.count));
    list.append(make("dd", "", String(feature.properties.n)));
    Object.keys(kind.fields).forEach(function (name) {
      var choices = kind.fields[name].choices || {};
      Object.keys(choices).forEach(function (choice) {
        var n = feature.properties[name + "_" + choice];
        if (n) { list.append(make("dt", "", choices[choice]), make("dd", "", String(n))); }
      });
    });
    openPopup(latlng, kind, list);
  }

  function askServer(event) {
    var metres = 40075016 * Math.cos(event.latlng.lat * Math.PI / 180) / Math.pow(2, P.map.getZoom() + 8) * 6;
    var dy = metres / 111320, dx = dy / Math.cos(event.latlng.lat * Math.PI / 180);
    var box = [event.latlng.lng - dx, event.latlng.lat - dy, event.latlng.lng + dx, event.latlng.lat + dy];
    var bbox = box.map(function (number) { return number.toFixed(6); }).join(",");
    var wanted = groups.filter(function (group) {
      return page.kinds[group.kind] && P.map.hasLayer(group.layer);
    }).map(function (group) { return group.kind; });
    wanted.sort(function (a, b) { return UNDER.test(a) - UNDER.test(b); });
    (function next() {
      var name = wanted.shift();
      if (!name) { return; }
      fetch("/collections/" + name + "/items?limit=1&bbox=" + bbox, { headers: { Accept: "application/geo+json" } })
        .then(function (answer) { return answer.ok ? answer.json() : { features: [] }; })
        .then(function (found) {
          var feature = found.features[0];
          if (feature) { showFeature(event.latlng, name, null, feature.properties); } else { next(); }
        });
    }());
  }

  /* ---- the plan: routes and stops of the chosen shift, from the page's data file ---- */

  var parts = {};
  P.planLayer = function (part) { parts[part] = L.layerGroup(); return parts[part]; };
  var chosenTeam = null;

  function shift() {
    var choice = document.getElementById("shift");
    if (!P.plan || !P.plan.shifts || !P.plan.shifts.length) { return null; }
    return P.plan.shifts.filter(function (s) { return !choice || s.code === choice.value; })[0] || P.plan.shifts[0];
  }

  /* one label for all visits of a team to the same spot: two numbers on each other could not be read */
  function number(at, seqs, color) {
    var shown = seqs.slice(0, 3).join("·") + (seqs.length > 3 ? "…" : "");
    var span = make("span", "", shown);
    span.style.setProperty("--c", color);
    return L.marker([at[1], at[0]], {
      keyboard: false, interactive: false, icon: L.divIcon({ className: "stop-number", iconSize: [0, 0], html: span })
    });
  }

  function bySpot(stops) {
    var spots = {};
    stops.forEach(function (stop) {
      var key = stop.at.map(function (c) { return c.toFixed(4); }).join();
      (spots[key] = spots[key] || { at: stop.at, seqs: [] }).seqs.push(stop.seq);
    });
    return Object.keys(spots).map(function (key) { return spots[key]; });
  }

  /* a sentence whose facts from the data stand between isolates (U+2068, U+2069) */
  function sentence(text) {
    var box = make("span");
    text.split(/[\u2068\u2069]/).forEach(function (part, place) { box.append(place % 2 ? data(part) : part); });
    return box;
  }

  function stopFacts(team, stop) {
    var list = make("dl");
    function row(title, node) { var dd = make("dd"); dd.append(node); list.append(make("dt", "", title), dd); }
    row(page.words.team, data(team.name));
    row(page.words.kind, stop.kind);
    row(page.words.arrive, stop.arrive);
    row(page.words.leave, stop.leave);
    if (stop.wait) { row(page.words.waiting, stop.wait); }
    if (stop.worth) { row(page.words.worth, stop.worth); }
    var box = make("div", "facts"), title = make("h2");
    title.append(stop.seq + " · ", data(stop.name));
    box.append(title, list);
    return box;
  }

  function drawPlan() {
    var now = shift();
    Object.keys(parts).forEach(function (part) { parts[part].clearLayers(); });
    if (!now) { return; }
    var near = P.map.getZoom() >= 15;
    if (parts.routes) {
      now.teams.forEach(function (team) {
        var chosen = chosenTeam === team.code, faint = chosenTeam !== null && !chosen;
        var opacity = faint ? 0.18 : 0.95;
        team.lines.forEach(function (line) {
          var points = line.map(function (c) { return [c[1], c[0]]; });
          if (!faint) { L.polyline(points, { color: "#FFFFFF", weight: chosen ? 9 : 6, opacity: 0.85, interactive: false }).addTo(parts.routes); }
          L.polyline(points, { color: team.color, dashArray: team.dash || null, weight: chosen ? 5 : 3.2, opacity: opacity })
            .on("click", function (event) { L.DomEvent.stopPropagation(event); choose(team.code, false); }).addTo(parts.routes);
        });
      });
      now.teams.forEach(function (team) {
        var chosen = chosenTeam === team.code, faint = chosenTeam !== null && !chosen;
        if (team.start && !faint) {
          L.circleMarker([team.start[1], team.start[0]], { radius: 6, weight: 3, color: team.color, fillColor: "#FFFFFF", fillOpacity: 1, interactive: false }).addTo(parts.routes);
        }
        team.stops.forEach(function (stop) {
          var numbered = !faint && (near || chosen);
          L.circleMarker([stop.at[1], stop.at[0]], {
            radius: numbered ? 11 : 4.5, weight: numbered ? 2 : 1.5, color: "#FFFFFF", fillColor: team.color,
            fillOpacity: faint ? 0.2 : 1, opacity: faint ? 0.3 : 1
          }).on("click", function (event) {
            L.DomEvent.stopPropagation(event);
            L.popup({ maxWidth: 280 }).setLatLng(event.latlng).setContent(stopFacts(team, stop)).openOn(P.map);
          }).addTo(parts.routes);
        });
        if (!faint && (near || chosen)) {
          bySpot(team.stops).forEach(function (spot) { number(spot.at, spot.seqs, team.color).addTo(parts.routes); });
        }
      });
    }
    if (parts.unserved) {
      now.unserved.forEach(function (stop) {
        L.circleMarker([stop.at[1], stop.at[0]], { radius: near ? 6 : 3.5, weight: near ? 2.5 : 1.5, color: "#2B2B2B", fillColor: "#FFD400", fillOpacity: 1 })
          .on("click", function (event) {
            L.DomEvent.stopPropagation(event);
            var box = make("div", "facts"), title = make("h2");
            title.append(data(stop.name));
            var text = make("p");
            text.append(sentence(stop.reason));
            box.append(title, make("p", "remark", stop.kind), text);
            L.popup({ maxWidth: 280 }).setLatLng(event.latlng).setContent(box).openOn(P.map);
          }).addTo(parts.unserved);
      });
    }
  }

  function bring(boxes) {
    if (boxes.length) { P.map.fitBounds(L.latLngBounds(boxes.map(function (c) { return [c[1], c[0]]; })).pad(0.08), L.extend({ animate: false, maxZoom: 17 }, clear())); }
  }

  function choose(code, move) {
    chosenTeam = chosenTeam === code ? null : code;
    document.querySelectorAll("[data-team]").forEach(function (button) {
      button.setAttribute("aria-pressed", String(button.dataset.team === chosenTeam));
      var card = button.closest(".team");
      if (card) { card.classList.toggle("chosen", button.dataset.team === chosenTeam); }
    });
    var now = shift();
    if (move && chosenTeam !== null && now) {
      var team = now.teams.filter(function (t) { return t.code === code; })[0];
      if (team) { bring([].concat.apply(team.stops.map(function (s) { return s.at; }), team.lines)); }
    }
    drawPlan();
  }

  function choosePlace(node) {
    var at = node.dataset.at.split(",").map(Number);
    P.map.setView([at[1], at[0]], Math.max(P.map.getZoom(), 16), { animate: false });
    document.getElementById(P.map.getContainer().id).scrollIntoView({ block: "nearest" });
  }

  /* the lists beside the map say all that the map shows, so that nobody needs the map to read the plan */

  function badge(text) { return make("span", "badge", text); }

  function place(stop) {
    var button = make("button", "place");
    button.type = "button";
    button.dataset.at = stop.at.join(",");
    button.append(data(stop.name));
    return button;
  }

  function table(titles, rows) {
    var node = make("table"), head = make("tr"), body = make("tbody"), top = make("thead");
    titles.forEach(function (title) { var th = make("th", title === "#" ? "number" : "", title); th.scope = "col"; head.append(th); });
    rows.forEach(function (cells) { var row = make("tr"); row.append.apply(row, cells); body.append(row); });
    top.append(head);
    node.append(top, body);
    return node;
  }

  function cell(className) {
    var node = make("td", className);
    node.append.apply(node, Array.prototype.slice.call(arguments, 1));
    return node;
  }

  function teamCard(team, open) {
    var card = make("article", "team"), row = make("div", "row"), title = make("h2"), show = make("button", "button-small", page.words.show_on_map);
    card.style.setProperty("--c", team.color);
    title.append(data(team.name), " ", badge(team.kind), " ", badge(team.mode));
    show.type = "button";
    show.dataset.team = team.code;
    show.setAttribute("aria-pressed", String(team.code === chosenTeam));
    show.setAttribute("aria-label", page.words.show_on_map + ": " + team.name);
    var sheet = make("a", "button-small", page.words.route_sheet), buttons = make("span", "buttons");
    sheet.href = team.sheet;
    buttons.append(show, sheet);
    row.append(title, buttons);
    var facts = make("p", "quiet", team.facts);
    if (team.vehicle) { facts.append(" · ", data(team.vehicle)); }
    var list = make("details");
    list.open = open;
    list.append(make("summary", "", page.words.stops_list), table(["#", page.words.stop, page.words.arrive, page.words.leave],
      team.stops.reduce(function (rows, stop) {
        if (stop.wait) { rows.push([cell("number", ""), cell("quiet", stop.wait), cell("time", stop.came), cell("time", stop.arrive)]); }
        rows.push([cell("number", String(stop.seq)), cell("", place(stop), make("br"), make("span", "quiet", stop.kind)), cell("time", stop.arrive), cell("time", stop.leave)]);
        return rows;
      }, [])));
    card.append(row, facts, list);
    return card;
  }

  function fillLists() {
    var now = shift(), teams = document.getElementById("teams"), unserved = document.getElementById("unserved");
    if (!now || !teams) { return; }
    teams.replaceChildren(make("p", "quiet", now.about));
    now.teams.forEach(function (team) { teams.append(teamCard(team, now.teams.length <= 3)); });
    if (!now.teams.length) { teams.append(make("p", "", page.words.no_teams)); }
    if (!now.unserved.length) { unserved.replaceChildren(make("p", "", page.words.no_unserved)); return; }
    var list = table([page.words.stop, page.words.reason], now.unserved.map(function (stop) {
      var about = make("span", "quiet", stop.kind);
      if (stop.district) { about.append(" · ", data(stop.district)); }
      var reason = cell("");
      reason.append(sentence(stop.reason));
      return [cell("", place(stop), make("br"), about), reason];
    }));
    var caption = make("caption", "", page.words.layer_unserved + " (" + now.unserved.length + ")");
    list.prepend(caption);
    unserved.replaceChildren(list);
  }

  function loadPlan(url) {
    fetch(url).then(function (answer) {
      if (!answer.ok) { throw new Error(String(answer.status)); }
      return answer.json();
    }).then(function (plan) { P.plan = plan; fillLists(); drawPlan(); P.listeners.forEach(function (tell) { tell(plan); }); P.planReady = true; })
      .catch(function () {
        var note = document.getElementById("notice");
        note.textContent = page.words.load_failed;
        note.hidden = false;
      });
  }

  /* ---- the page around the map ---- */

  function tabs() {
    var list = document.querySelector("[role=tablist]");
    if (!list) { return; }
    var all = Array.prototype.slice.call(list.querySelectorAll("[role=tab]"));
    function open(tab, focus) {
      all.forEach(function (other) {
        var on = other === tab;
        other.setAttribute("aria-selected", String(on));
        other.tabIndex = on ? 0 : -1;
        document.getElementById(other.getAttribute("aria-controls")).hidden = !on;
      });
      if (focus) { tab.focus(); }
    }
    all.forEach(function (tab, place) {
      tab.addEventListener("click", function () { open(tab, false); });
      tab.addEventListener("keydown", function (event) {
        var step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (step) { event.preventDefault(); open(all[(place + step + all.length) % all.length], true); }
      });
    });
  }

  function showShift() {
    var choice = document.getElementById("shift");
    if (!choice) { return; }
    document.querySelectorAll("[data-shift]").forEach(function (node) { node.hidden = node.dataset.shift !== choice.value; });
    chosenTeam = null;
    if (P.plan) { fillLists(); drawPlan(); }
  }

  function treeByKeyboard(container) {
    container.querySelectorAll(".leaflet-layerstree-opened,.leaflet-layerstree-closed").forEach(function (node) {
      if (node.classList.contains("leaflet-layerstree-nevershow")) { return; }
      node.tabIndex = 0;
      node.setAttribute("role", "button");
      node.setAttribute("aria-label", node.classList.contains("leaflet-layerstree-opened") ? page.words.close_node : page.words.open_node);
      node.addEventListener("keydown", function (event) {
        if (event.key === "Enter" || event.key === " ") {
          event.preventDefault();
          node.click();
          var header = node.closest(".leaflet-layerstree-header");
          var other = header && header.querySelector("[role=button]:not(.leaflet-layerstree-hide)");
          if (other) { other.focus(); }
        }
      });
    });
    var toggle = container.querySelector(".leaflet-control-layers-toggle");
    if (toggle) { toggle.title = page.words.layers_toggle; toggle.textContent = page.words.layers_toggle; }
    container.setAttribute("role", "group");
    container.setAttribute("aria-label", page.words.layers_label);
  }

  /* the layer tree covers the right side of a wide map: what is fitted stays clear of it */
  function clear() { return P.map.getSize().x > 760 ? { paddingTopLeft: [50, 10], paddingBottomRight: [290, 10] } : { padding: [10, 10] }; }
  function fit(map) { map.fitBounds(page.bounds, L.extend({ animate: false }, clear())); }

  function wholeArea(map) {
    var Control = L.Control.extend({ onAdd: function () {
      var box = make("div", "leaflet-bar"), button = make("a", "whole", "⤢");
      button.href = "#";
      button.setAttribute("role", "button");
      button.title = page.words.whole_area;
      button.setAttribute("aria-label", page.words.whole_area);
      L.DomEvent.on(button, "click", function (event) { L.DomEvent.stop(event); fit(map); });
      box.append(button);
      return box;
    } });
    new Control({ position: "topleft" }).addTo(map);
  }

  P.kit = {
    make: make, data: data, table: table, cell: cell, value: value, hours: hours, sentence: sentence, fitting: clear,
    page: function () { return page; }
  };

  P.setUp = function (map, bounds, settings) {
    page = L.extend({ words: P.shared.words, kinds: P.shared.kinds, bounds: bounds }, settings);
    P.map = map;
    if (hasWebGL()) { map.options.zoomSnap = 0.25; map.options.wheelPxPerZoomLevel = 120; }
    var container = map.getContainer();
    container.setAttribute("role", "region");
    container.setAttribute("aria-label", page.words.map_label);
    fit(map);
    L.control.zoom({ zoomInTitle: page.words.zoom_in, zoomOutTitle: page.words.zoom_out }).addTo(map);
    wholeArea(map);
    L.control.scale({ imperial: false, position: "bottomleft" }).addTo(map);
    map.on("click", function (event) { if (P.onPoint) { P.onPoint(event.latlng); } else if (P.raster) { askServer(event); } else { askVector(event); } });
    map.on("popupopen", function (event) {
      var close = event.popup.getElement().querySelector(".leaflet-popup-close-button");
      if (close) { close.setAttribute("aria-label", page.words.close); close.title = page.words.close; }
    });
    var wasNear = null;
    map.on("zoomend", function () {
      var near = map.getZoom() >= 15;
      if (near !== wasNear) { wasNear = near; if (P.plan) { drawPlan(); } }
    });
    document.addEventListener("keydown", function (event) { if (event.key === "Escape") { map.closePopup(); } });
    document.addEventListener("click", function (event) {
      var team = event.target.closest("[data-team]"), place = event.target.closest("[data-at]");
      if (team) { choose(team.dataset.team, true); } else if (place) { choosePlace(place); }
    });
    tabs();
    var choice = document.getElementById("shift");
    if (choice) { choice.addEventListener("change", showShift); showShift(); }
    var print = document.getElementById("print");
    if (print) { print.addEventListener("click", function () { window.print(); }); }
    if (page.data) { loadPlan(page.data); }
    window.addEventListener("load", function () {
      container.querySelectorAll(".leaflet-control-layers").forEach(P.dressTree);
      if (P.raster) {
        var note = document.getElementById("notice");
        note.textContent = page.words.raster_note;
        note.hidden = new URLSearchParams(location.search).get("map") === "png";
      }
      P.ready = true;
    });
  };
}());
