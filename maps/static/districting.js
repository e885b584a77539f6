/* 片区调整: the newest proposal from the service, drawn by unit; moves are tried here, saved there, adopted by a person. */
(function () {
  "use strict";
  var P = window.pianqu, kit = P.kit, base = "/districts/proposals";
  var proposal = null, units = {}, order = [], staged = [], chosen = null, about = null, box, list;

  function words() { return P.words; }
  function name(code) { return kit.data(about.names[code] || named(code) || code); }
  function named(code) { var d = district(code); return d && d.name; }
  function color(code) { return about.colors[Math.max(0, order.indexOf(code)) % about.colors.length]; }
  function round(value) { return value >= 100 ? Math.round(value).toLocaleString("en") : (Math.round(value * 10) / 10).toString(); }
  function fill(text, facts) { return text.replace(/#(\w+)/g, function (all, key) { return facts[key]; }); }

  function loads() {
    var sums = {};
    order.forEach(function (code) { sums[code] = 0; });
    Object.keys(units).forEach(function (key) { var u = units[key]; if (u.now) { sums[u.now] = (sums[u.now] || 0) + u.load; } });
    return sums;
  }

  function worst(sums) {
    var all = order.map(function (code) { return sums[code]; }), mean = all.reduce(function (a, b) { return a + b; }, 0) / (all.length || 1);
    return { mean: mean, ratio: mean ? Math.max.apply(null, all) / mean : 1 };
  }

  /* ---- the map ---- */

  function draw(unit) {
    var set = P.sets.units, key = "u" + unit.now + (unit.now !== unit.was ? "m" : "") + (unit === chosen ? "c" : "");
    set.looks[key] = {
      color: unit === chosen ? "#000000" : unit.now !== unit.was ? "#1D2733" : color(unit.now),
      fill: unit === chosen ? 0.75 : 0.42, weight: unit === chosen ? 3.5 : unit.now !== unit.was ? 1.3 : 0.6, dash: unit.now !== unit.was ? "6 3" : ""
    };
    unit.shape.look = key;
    var group = P.drawShape(set, unit.shape);
    group.setStyle({ fillColor: color(unit.now) });
    if (unit === chosen) { group.bringToFront(); }
  }

  function shapeOf(feature) {
    var g = feature.geometry, shape = { key: feature.properties.key, title: "", facts: [], look: "kept" };
    shape.areas = g.type === "MultiPolygon" ? g.coordinates : g.type === "Polygon" ? [g.coordinates] : undefined;
    shape.lines = g.type === "MultiLineString" ? g.coordinates : g.type === "LineString" ? [g.coordinates] : undefined;
    return shape;
  }

  /* ---- the panel ---- */

  function button(text, className, act) {
    var node = kit.make("button", "button-small" + (className ? " " + className : ""), text);
    node.type = "button";
    node.addEventListener("click", act);
    return node;
  }

  function loadRows() {
    var sums = loads(), w = worst(sums), most = Math.max.apply(null, order.map(function (c) { return Math.max(sums[c], was(c)); }).concat([w.mean])) || 1;
    var rows = order.map(function (code) {
      var bar = kit.make("span", "bar"), inner = kit.make("i"), tick = kit.make("b"), cell = kit.cell("");
      inner.style.setProperty("--c", color(code));
      inner.style.width = (100 * sums[code] / most).toFixed(1) + "%";
      tick.style.left = (100 * w.mean / most).toFixed(1) + "%";
      bar.append(inner, tick);
      cell.append(bar);
      var first = kit.cell("");
      first.append(name(code));
      return [first, cell, kit.cell("number", round(sums[code])), kit.cell("number", round(was(code))),
        kit.cell("number", w.mean ? Math.round(100 * sums[code] / w.mean) + "%" : "—")];
    });
    var table = kit.table([words().district, "", words().load, words().was, words().mean_load], rows);
    table.className = "loads";
    table.querySelectorAll("th").forEach(function (th, place) { if (place > 1) { th.className = "number"; } });
    var empty = table.querySelector("th:empty");
    if (empty) { empty.replaceWith(kit.make("td")); }
    table.prepend(kit.make("caption", "", words().loads_caption));
    return table;
  }

  function was(code) {
    var d = district(code);
    return d && d.load_before !== null ? d.load_before : 0;
  }

  function district(code) { return proposal.districts.filter(function (one) { return one.code === code; })[0]; }

  /* a reason of the room: its facts are names and numbers from the data */
  function reason(code, facts) {
    var text = about.reasons[code];
    if (!text) { return kit.make("span", "", "—"); }
    return kit.sentence(text.replace(/\{(\w+)\}/g, function (all, key) {
      var fact = facts[key];
      if (fact === undefined) { return all; }
      return typeof fact === "string" ? "\u2068" + (about.names[fact] || named(fact) || fact) + "\u2069" : String(fact);
    }));
  }

  function pieces() {
    var broken = proposal.districts.filter(function (one) { return one.pieces !== 1; }), box = kit.make("div");
    if (staged.length) { return box; }
    broken.forEach(function (one) {
      var said = kit.make("p", "say warn"), parts = words().in_pieces.split("#district");
      said.append(parts[0], name(one.code), fill(parts[1], { n: one.pieces }));
      box.append(said);
    });
    return box;
  }

  function unitChoice() {
    var label = kit.make("label", "", words().choose_unit + " "), select = kit.make("select"), none = kit.make("option", "", "—");
    none.value = "";
    select.append(none);
    Object.keys(units).sort().forEach(function (key) {
      var option = kit.make("option", "", units[key].name);
      option.value = key;
      option.lang = "zh-CN";
      option.selected = units[key] === chosen;
      select.append(option);
    });
    select.id = "choose-unit";
    select.addEventListener("change", function () { choose(units[select.value] || null, true); document.getElementById("choose-unit").focus(); });
    label.append(select);
    return label;
  }

  function chosenBox() {
    var node = kit.make("div", "chosen-unit");
    if (!chosen) { return node; }
    var title = kit.make("h2"), facts = kit.make("p"), row = kit.make("div", "row");
    title.append(kit.data(chosen.name));
    facts.append(words().belongs_to + " ", name(chosen.now), " · " + words().load + " " + round(chosen.load));
    if (chosen.was && chosen.was !== chosen.now) { facts.append(" · " + words().was_with + " ", name(chosen.was)); }
    node.append(title, facts);
    if (chosen.locked) { node.append(kit.make("p", "warn", words().locked)); return node; }
    if (proposal.status !== "draft") { return node; }
    row.append(kit.make("span", "quiet", words().give_to));
    order.filter(function (code) { return code !== chosen.now; }).forEach(function (code) {
      var give = button("", "", function () { stage(chosen, code); });
      give.append(name(code));
      give.style.borderLeft = "6px solid " + color(code);
      row.append(give);
    });
    node.append(row);
    return node;
  }

  function stagedBox() {
    var row = kit.make("div", "row"), save = button(words().save_moves, "main", saveAll), adopt = button(words().adopt, "", askAdopt), undo = button(words().undo, "", undoLast);
    save.disabled = undo.disabled = !staged.length;
    adopt.disabled = proposal.status !== "draft" || (!staged.length && !proposal.whole);
    row.append(kit.make("span", staged.length ? "warn" : "quiet", staged.length ? fill(words().unsaved_moves, { n: staged.length }) : words().nothing_unsaved), undo, save, adopt);
    return row;
  }

  function balanceBefore() {
    var had = proposal.districts.filter(function (one) { return one.load_before_pct !== null; }).map(function (one) { return one.load_before_pct; });
    return had.length ? Math.max.apply(null, had) / 100 : 0;
  }

  function head() {
    var w = worst(loads()), before = balanceBefore(), said = kit.make("p", "say strong");
    said.append(fill(words().proposal_title, { id: proposal.id }) + " · " + words()["proposal_" + proposal.status] + " · " +
      fill(words().balance_was_is, { was: before ? before.toFixed(2) : "—", is: w.ratio.toFixed(2) }));
    return said;
  }

  function paint() {
    box.className = "editor";
    box.replaceChildren(head(), pieces(), stagedBox(), founded(), unitChoice(), chosenBox(), loadRows(), kit.make("p", "quiet", words().balance_goal));
    var moved = Object.keys(units).map(function (key) { return units[key]; }).filter(function (u) { return u.was && u.was !== u.now; });
    if (!moved.length) { list.replaceChildren(kit.make("p", "say empty", words().no_moved_units)); return; }
    var table = kit.table([words().unit, words().from_to, words().load, words().why], moved.map(function (u) {
      var go = kit.make("button", "place"), first = kit.cell(""), path = kit.cell(""), why = kit.cell("");
      go.type = "button";
      go.append(kit.data(u.name));
      go.addEventListener("click", function () { choose(u, true); });
      first.append(go);
      path.append(name(u.was), " → ", name(u.now));
      why.append(u.byHand ? words().person_moved : reason(u.reason, u.facts || {}));
      return [first, path, kit.cell("number", round(u.load)), why];
    }));
    table.prepend(kit.make("caption", "", fill(words().moves_units_caption, { n: moved.length })));
    list.replaceChildren(table);
  }

  /* ---- what a person does ---- */

  function choose(unit, move) {
    var old = chosen;
    chosen = unit;
    if (old) { draw(old); }
    if (unit) {
      draw(unit);
      if (move) { P.map.fitBounds(P.sets.units.drawn[unit.shape.key].getBounds().pad(2), L.extend({ animate: false, maxZoom: 15 }, kit.fitting())); }
    }
    paint();
  }

  function stage(unit, code) {
    staged.push({ unit: unit, from: unit.now, to: code, byHand: unit.byHand });
    unit.now = code;
    unit.byHand = true;
    draw(unit);
    paint();
  }

  function undoLast() {
    var last = staged.pop();
    if (!last) { return; }
    last.unit.now = last.from;
    last.unit.byHand = last.byHand;
    draw(last.unit);
    paint();
  }

  function saveAll() {
    if (!staged.length) { P.say(words().saved); return; }
    var next = staged[0];
    P.send("POST", base + "/" + proposal.id + "/moves", { units: [next.unit.name], to: next.to, revision: proposal.revision }).then(function (told) {
      proposal = told;
      staged.shift();
      paint();
      saveAll();
    }).catch(function (error) {
      staged.slice().reverse().forEach(function (one) { one.unit.now = one.from; one.unit.byHand = one.byHand; draw(one.unit); });
      staged = [];
      paint();
      P.say(error.message, true);
    });
  }

  function askAdopt() {
    if (staged.length) { P.say(words().save_first, true); return; }
    P.ask({ title: words().adopt, text: words().adopt_sure, confirm: words().adopt }, function () {
      P.say(words().adopt_asked);
      return P.send("POST", base + "/" + proposal.id + "/adopt").then(function (job) { return P.follow(job, 60); })
        .then(function () { proposal.status = "adopted"; paint(); P.say(words().adopted_note); })
        .catch(function (error) { P.say(words().adopt_failed + error.message, true); });
    });
  }

  /* a 片区 that the proposal founds is given its name here */
  function founded() {
    var found = proposal.districts.filter(function (one) { return !one.existed; }), node = kit.make("div", "editor");
    if (proposal.status !== "draft") { return node; }
    found.forEach(function (one) {
      var form = kit.make("form", "row"), label = kit.make("label", "", words().name_district + " "), text = kit.make("input"), save = kit.make("button", "button-small", words().name_save);
      text.value = one.name;
      text.required = true;
      text.maxLength = 60;
      text.lang = "zh-CN";
      label.append(kit.data(one.code), " ", text);
      form.append(label, save);
      form.addEventListener("submit", function (event) {
        event.preventDefault();
        P.send("PUT", base + "/" + proposal.id + "/districts/" + encodeURIComponent(one.code), { name: text.value.trim() }).then(function (told) {
          proposal = told;
          paint();
          P.say(words().saved);
        }).catch(function (error) { P.say(error.message, true); });
      });
      node.append(form);
    });
    return node;
  }

  function show(told, found) {
    proposal = told;
    order = proposal.districts.map(function (one) { return one.code; });
    units = {};
    found.features.forEach(function (feature) {
      var p = feature.properties;
      units[p.key] = {
        shape: shapeOf(feature), name: p.key, load: p.load, was: p.before, now: p.code, locked: p.locked,
        reason: p.reason_code, facts: p.reason_facts, byHand: Boolean(p.moved_by)
      };
    });
    Object.keys(units).forEach(function (key) { draw(units[key]); });
    paint();
    P.proposalReady = true;
  }

  function nothing() {
    box.replaceChildren(kit.make("p", "say empty", words().no_proposal));
    list.replaceChildren(kit.make("p", "say empty", words().no_proposal));
    P.proposalReady = true;
  }

  P.districting = function () {
    P.onShape = function (set, shape) { choose(units[shape.key], false); };
    P.listeners.push(function (found) {
      about = found.districting;
      box = document.getElementById("proposal");
      list = document.getElementById("proposal-moves");
      P.get(base).then(function (all) {
        var first = all.proposals[0];
        if (!first) { nothing(); return null; }
        return Promise.all([P.get(base + "/" + first.id), P.get(base + "/" + first.id + "/units")])
          .then(function (both) { show(both[0], both[1]); });
      }).catch(function () { box.replaceChildren(kit.make("p", "say warn", words().load_failed)); P.proposalReady = true; });
    });
  };
}());
