/* Pages of findings: shapes on the map, buttons in tables that show them, and the records behind a number. */
(function () {
  "use strict";
  var P = window.pianqu, kit = P.kit, words = {};
  var sets = P.sets = {};
  var RECORDS = 200, AT_ONCE = 60;
  var COLUMNS = { event: ["occurred_at", "code", "origin", "closed_at"] };

  function flip(points) { return points.map(function (c) { return [c[1], c[0]]; }); }

  /* ---- drawing ---- */

  P.shapeLayer = function (name) {
    var set = sets[name] = sets[name] || { name: name, looks: {}, shapes: {}, drawn: {} };
    set.layer = L.layerGroup();
    return set.layer;
  };

  function style(look) {
    return { color: look.color, weight: look.weight, dashArray: look.dash || null, fillColor: look.color, fillOpacity: look.fill, fill: look.fill > 0 };
  }

  P.drawShape = function (set, shape) {
    var old = set.drawn[shape.key], look = set.looks[shape.look];
    if (old) { set.layer.removeLayer(old); }
    var group = L.featureGroup(), line = style(look);
    if (shape.areas) { L.polygon(shape.areas.map(function (rings) { return rings.map(flip); }), line).addTo(group); }
    (shape.lines || []).forEach(function (points) { L.polyline(flip(points), L.extend({}, line, { fill: false })).addTo(group); });
    (shape.dots || []).forEach(function (c) {
      L.circleMarker([c[1], c[0]], { radius: look.radius, color: "#FFFFFF", weight: 1.5, fillColor: look.color, fillOpacity: Math.max(look.fill, 0.85) }).addTo(group);
    });
    if (shape.areas && set.tiny) {
      /* a shed is smaller than a pixel on the map of a county: a dot stands for it until one is near */
      L.circleMarker(group.getBounds().getCenter(), { radius: 4.5, color: "#FFFFFF", weight: 1, fillColor: look.color, fillOpacity: 0.95, className: "tiny" }).addTo(group);
    }
    if (shape.label) { label(group, shape).addTo(group); }
    group.on("click", function (event) { L.DomEvent.stopPropagation(event); (P.onShape || P.showShape)(set, shape, event.latlng); });
    set.shapes[shape.key] = shape;
    set.drawn[shape.key] = group;
    set.layer.addLayer(group);
    return group;
  };

  function label(group, shape) {
    var span = kit.make("span");
    span.append(kit.sentence(shape.label));
    return L.marker(group.getBounds().getCenter(), {
      keyboard: false, interactive: false, icon: L.divIcon({ className: "shape-label" + (shape.dots ? " on-dot" : ""), iconSize: [0, 0], html: span })
    });
  }

  function hideDots() {
    var near = P.map.getZoom() >= 16;
    Object.keys(sets).forEach(function (name) {
      if (!sets[name].tiny) { return; }
      Object.keys(sets[name].drawn).forEach(function (key) {
        sets[name].drawn[key].eachLayer(function (one) { if (one.options.className === "tiny") { one.setStyle({ opacity: near ? 0 : 1, fillOpacity: near ? 0 : 0.95 }); } });
      });
    });
  }

  function drawAll(found) {
    ((found.finding || {}).sets || []).forEach(function (given) {
      var set = sets[given.name];
      if (!set) { return; }
      set.looks = given.looks;
      set.tiny = given.tiny;
      given.shapes.forEach(function (shape) { P.drawShape(set, shape); });
    });
  }

  /* ---- facts of one place ---- */

  P.showShape = function (set, shape, latlng) {
    var box = kit.make("div", "facts"), title = kit.make("h2"), list = kit.make("dl");
    title.append(kit.sentence(shape.title));
    shape.facts.forEach(function (fact) {
      var dd = kit.make("dd");
      dd.append(kit.sentence(fact[1]));
      list.append(kit.make("dt", "", fact[0]), dd);
    });
    box.append(title, list);
    if (shape.drill) {
      var button = kit.make("button", "button-small", words.records_show);
      button.type = "button";
      button.addEventListener("click", function () { P.records(shape); });
      box.append(button);
    }
    if (shape.more) {
      var more = kit.make("button", "button-small", shape.more.title);
      more.type = "button";
      more.addEventListener("click", shape.more.act);
      box.append(more);
    }
    L.popup({ maxWidth: 320, minWidth: 200 }).setLatLng(latlng || set.drawn[shape.key].getBounds().getCenter()).setContent(box).openOn(P.map);
  };

  function goTo(reference) {
    var cut = reference.indexOf(":"), set = sets[reference.slice(0, cut)];
    var shape = set && set.shapes[reference.slice(cut + 1)];
    if (!shape) { return; }
    if (!P.map.hasLayer(set.layer)) { P.map.addLayer(set.layer); }
    var bounds = set.drawn[shape.key].getBounds();
    P.map.fitBounds(bounds.pad(1.5), L.extend({ animate: false, maxZoom: 16 }, kit.fitting()));
    P.showShape(set, shape, bounds.getCenter());
  }

  /* ---- the records behind a number ---- */

  function box(shape, metres) {
    var points = [].concat.apply([], (shape.areas || []).map(function (rings) { return rings[0]; })).concat(shape.dots || []);
    (shape.lines || []).forEach(function (line) { points = points.concat(line); });
    var west = Infinity, south = Infinity, east = -Infinity, north = -Infinity;
    points.forEach(function (c) {
      west = Math.min(west, c[0]); east = Math.max(east, c[0]); south = Math.min(south, c[1]); north = Math.max(north, c[1]);
    });
    var dy = metres / 111320, dx = dy / Math.cos(south * Math.PI / 180);
    return [west - dx, south - dy, east + dx, north + dy];
  }

  function inRing(ring, x, y) {
    var inside = false;
    for (var i = 0, j = ring.length - 1; i < ring.length; j = i++) {
      var a = ring[i], b = ring[j];
      if ((a[1] > y) !== (b[1] > y) && x < (b[0] - a[0]) * (y - a[1]) / (b[1] - a[1]) + a[0]) { inside = !inside; }
    }
    return inside;
  }

  function metresTo(a, b, x, y) {
    var ky = 111320, kx = ky * Math.cos(y * Math.PI / 180);
    var ax = (a[0] - x) * kx, ay = (a[1] - y) * ky, dx = (b[0] - a[0]) * kx, dy = (b[1] - a[1]) * ky;
    var share = dx || dy ? Math.max(0, Math.min(1, -(ax * dx + ay * dy) / (dx * dx + dy * dy))) : 0;
    return Math.hypot(ax + share * dx, ay + share * dy);
  }

  function belongs(shape, metres, point) {
    var x = point[0], y = point[1];
    if ((shape.areas || []).some(function (rings) {
      return inRing(rings[0], x, y) && !rings.slice(1).some(function (hole) { return inRing(hole, x, y); });
    })) { return true; }
    if ((shape.dots || []).some(function (c) { return metresTo(c, c, x, y) <= metres; })) { return true; }
    return (shape.lines || []).some(function (line) {
      return line.some(function (c, i) { return i > 0 && metresTo(line[i - 1], c, x, y) <= metres; });
    });
  }

  function byIds(layer, ids) {
    return Promise.all(ids.map(function (id) {
      return fetch("/collections/" + layer + "/items/" + id, { headers: { Accept: "application/geo+json" } })
        .then(function (answer) { return answer.ok ? answer.json() : null; });
    })).then(function (found) { return found.filter(Boolean); });
  }

  P.records = function (shape) {
    var drill = shape.drill, metres = shape.areas ? 0 : 50, kind = kit.page().kinds[drill.layer];
    if (drill.ids) {
      var own = openDialog(words.records_title, shape.title), newest = drill.ids.slice().sort(function (a, b) { return b - a; }).slice(0, AT_ONCE);
      byIds(drill.layer, newest).then(function (rows) { fillDialog(own, kind, drill, rows, drill.ids.length); })
        .catch(function () { own.append(kit.make("p", "say warn", words.load_failed)); });
      return;
    }
    var url = "/collections/" + drill.layer + "/items?limit=5000&bbox=" + box(shape, metres + 1).map(function (n) { return n.toFixed(6); }).join(",");
    if (drill.period) { url += "&datetime=" + encodeURIComponent(drill.period); }
    var dialog = openDialog(words.records_title, shape.title);
    fetch(url, { headers: { Accept: "application/geo+json" } })
      .then(function (answer) { if (!answer.ok) { throw new Error(String(answer.status)); } return answer.json(); })
      .then(function (found) {
        var rows = found.features.filter(function (feature) {
          var p = feature.properties;
          return (!drill.codes.length || drill.codes.indexOf(p.code) >= 0) && (feature.geometry.type !== "Point" || belongs(shape, metres, feature.geometry.coordinates));
        });
        rows.sort(function (a, b) { return String(b.properties.occurred_at || "").localeCompare(String(a.properties.occurred_at || "")); });
        fillDialog(dialog, kind, drill, rows, rows.length);
      })
      .catch(function () { dialog.append(kit.make("p", "say warn", words.load_failed)); });
  };

  var openDialog = P.dialog = function (title, about) {
    var dialog = kit.make("dialog", "records"), head = kit.make("header"), close = kit.make("button", "button-small", words.close), h2 = kit.make("h2", "", title + " · ");
    h2.append(kit.sentence(about));
    h2.id = "records-title";
    dialog.setAttribute("aria-labelledby", h2.id);
    close.type = "button";
    close.addEventListener("click", function () { dialog.close(); });
    dialog.addEventListener("close", function () { dialog.remove(); });
    head.append(h2, close);
    dialog.append(head);
    document.body.append(dialog);
    dialog.showModal();
    return dialog;
  };

  function fillDialog(dialog, kind, drill, rows, all) {
    if (!rows.length) { dialog.append(kit.make("p", "say empty", words.records_none)); return; }
    var names = (COLUMNS[drill.layer] || Object.keys(kind.fields).slice(0, 4)).filter(function (name) { return kind.fields[name]; });
    var titles = names.map(function (name) { return kind.fields[name].title; });
    var list = kit.table(["#"].concat(titles), rows.slice(0, RECORDS).map(function (feature, place) {
      return [kit.cell("number", String(place + 1))].concat(names.map(function (name) {
        var raw = feature.properties[name], cell = kit.cell("");
        cell.append(raw === null || raw === undefined || raw === "" ? "—" : kit.value(kind, name, raw));
        return cell;
      }));
    }));
    var scroll = kit.make("div", "scroll");
    scroll.tabIndex = 0;
    scroll.setAttribute("role", "group");
    scroll.setAttribute("aria-label", words.records_title);
    scroll.append(list);
    dialog.append(kit.make("p", "quiet", words.records_count.replace("#", all) + (drill.label ? " · " + drill.label : "")), scroll);
    var shown = Math.min(rows.length, RECORDS);
    if (all > shown) { dialog.append(kit.make("p", "quiet", words.records_more.replace("#", all - shown))); }
  }

  /* ---- writing: what a person decides goes to the service with the token of their session ---- */

  P.send = function (method, url, body) {
    return fetch("/session").then(function (answer) { return answer.json(); }).then(function (me) {
      var headers = { "Content-Type": "application/json" };
      if (me.csrf) { headers["X-CSRF-Token"] = me.csrf; }
      return fetch(url, { method: method, headers: headers, body: body === undefined ? undefined : JSON.stringify(body) });
    }).then(function (answer) {
      return answer.text().then(function (text) {
        var found = text ? JSON.parse(text) : null;
        if (!answer.ok) { throw new Error((found && (found.detail || found.title)) || String(answer.status)); }
        return found;
      });
    });
  };

  P.get = function (url) {
    return fetch(url, { headers: { Accept: "application/geo+json, application/json" } }).then(function (answer) {
      if (!answer.ok) { throw new Error(String(answer.status)); }
      return answer.json();
    });
  };

  /* the worker does it; ask how it went until it is over */
  P.follow = function (job, times) {
    if (job.state === "done") { return job; }
    if (!times || job.state === "failed" || job.state === "cancelled") { throw new Error(job.problem ? job.problem.detail : job.state); }
    return new Promise(function (done) { setTimeout(done, 1000); }).then(function () { return P.get("/jobs/" + job.id); })
      .then(function (now) { return P.follow(now, times - 1); });
  };

  /* a question, perhaps with words to write; focus goes back to what was pressed */
  P.ask = function (asked, act, back) {
    var dialog = kit.make("dialog", "records"), form = kit.make("form", "editor"), row = kit.make("div", "row");
    var title = kit.make("h2", "", asked.title), yes = kit.make("button", "button-small main", asked.confirm), no = kit.make("button", "button-small", words.cancel), text;
    title.id = "ask-title";
    dialog.setAttribute("aria-labelledby", title.id);
    no.type = "button";
    no.addEventListener("click", function () { dialog.close(); });
    dialog.addEventListener("close", function () { dialog.remove(); if (back && back.isConnected) { back.focus(); } });
    form.append(title, kit.make("p", "", asked.text));
    if (asked.field) {
      var label = kit.make("label", "", asked.field);
      text = kit.make("textarea");
      text.rows = 3;
      text.maxLength = 2000;
      text.required = Boolean(asked.needed);
      label.append(text);
      form.append(label);
    }
    row.append(yes, no);
    form.append(row);
    form.addEventListener("submit", function (event) {
      event.preventDefault();
      if (text && asked.needed && !text.value.trim()) { text.focus(); return; }
      dialog.close();
      Promise.resolve(act(text ? text.value.trim() : "")).catch(function (error) { P.say(error.message, true); });
    });
    dialog.append(form);
    document.body.append(dialog);
    dialog.showModal();
    (text || yes).focus();
  };

  P.say = function (text, bad) {
    var note = document.getElementById("notice");
    note.textContent = text;
    note.classList.toggle("good", !bad);
    note.hidden = !text;
  };

  P.findings = function (given) {
    words = P.words = L.extend({}, P.shared.words, given);
    P.listeners.push(drawAll);
    P.map.on("zoomend", hideDots);
    document.addEventListener("click", function (event) {
      var button = event.target.closest("[data-shape]");
      if (button) { goTo(button.dataset.shape); }
    });
  };
}());
