/* Ledgers: what the service knows now, counted, listed and mapped. Every number leads to the records it counts.
   Rows and their words come from ledger_rows.js, the panel of one record from ledger_detail.js. */
(function () {
  "use strict";
  var P = window.pianqu, kit = P.kit, told, words, tabs = {}, now = null;
  var LISTED = 100, DRAWN = 2500, GROUPED = 25;
  var fill, ask, load, byIds, said, MOST;

  function button(text, act, className) {
    var node = kit.make("button", className || "place", text);
    node.type = "button";
    node.addEventListener("click", act);
    return node;
  }

  function grid(caption, fields, rows) {
    var scroll = kit.make("div", "scroll"), node = kit.table(fields.map(function (field) { return field.title; }), rows);
    fields.forEach(function (field, place) { if (field.kind === "number" || field.kind === "more") { node.querySelectorAll("th")[place].className = field.kind; } });
    node.prepend(kit.make("caption", "", caption));
    scroll.tabIndex = 0;
    scroll.setAttribute("role", "group");
    scroll.setAttribute("aria-label", caption);
    scroll.append(node);
    return scroll;
  }

  /* ---- a tab: tallies, large numbers, groups, and the list they lead to ---- */

  function holds(row, where) {
    return Object.keys(where).every(function (name) { return where[name].indexOf(row[name] === null || row[name] === undefined ? "" : String(row[name])) >= 0; });
  }

  function count(rows, where) { return rows.filter(function (row) { return holds(row, where); }).length; }

  function period(spec) {
    var today = new Intl.DateTimeFormat("sv-SE", { timeZone: kit.page().timeZone }).format(new Date());
    return { first: spec.period === "year" ? today.slice(0, 4) + "-01-01" : today.slice(0, 8) + "01", last: today };
  }

  function open(id) {
    var tab = tabs[id];
    now = tab;
    if (!tab.asked) { refresh(tab); } else { draw(tab); }
  }

  function refresh(tab) {
    tab.asked = true;
    tab.about = "";
    tab.lists = {};
    tab.box.setAttribute("aria-busy", "true");
    var first = tab.chosen || tab.spec.records[0].id;
    var lists = tab.spec.records.map(function (spec) {
      /* of registers beside the one shown only the number is asked */
      if (spec.rows === "features" && spec.id !== first) {
        return ask(spec.source.replace(/limit=\d+/, "limit=1")).then(function (found) { tab.lists[spec.id] = { rows: null, count: found.numberMatched, refused: found.refused }; });
      }
      return load(spec, fill(spec.source, tab.dates)).then(function (found) { tab.lists[spec.id] = found; });
    });
    var tallies = tab.spec.tallies.map(function (spec) {
      return ask(fill(spec.source, tab.dates)).then(function (answer) { return answer.refused ? [] : P.rows.ADAPT[spec.adapt || "rows"](answer, spec, tab.dates).filter(function (row) { return holds(row, spec.only); }); });
    });
    return Promise.all([Promise.all(tallies), Promise.all(lists)]).then(function (found) {
      tab.tallies = found[0];
      return Promise.all(tab.spec.tallies.map(function (spec, place) { return opened(tab, spec, tab.tallies[place]); }));
    }).then(function () {
      tab.as_of = new Date();
      choose(tab, first, null, tab.about);
    }).catch(function (error) { P.say(error.message, true); }).then(function () { tab.box.removeAttribute("aria-busy"); P.ledgerReady = true; });
  }

  /* a list that only numbers fill opens with what one of them counts: all records of a column, or the newest row's */
  function opened(tab, spec, rows) {
    var cell = spec.cells.filter(function (one) { return one.name === spec.opens; })[0], into = listOf(tab, spec.into);
    if (!cell || !rows.length) { return null; }
    var ids = {}, drilled = rows.filter(function (row) { return Number(row[cell.name]) !== 0; })[0] || rows[0];
    if (!cell.ids) { tab.about = said(spec.cells[0], drilled); }
    rows.forEach(function (row) { (row[cell.name + "_ids"] || []).forEach(function (id) { ids[id] = true; }); });
    return (cell.ids ? byIds(into, Object.keys(ids)) : load(into, fill(cell.drill, L.extend({}, tab.dates, drilled))))
      .then(function (found) { tab.lists[spec.into] = found; });
  }

  function listOf(tab, id) { return tab.spec.records.filter(function (one) { return one.id === id; })[0]; }

  /* what the list shows: rows of a list that hold a condition, or rows asked for by a number of a tally */
  function choose(tab, id, where, title, rows) {
    tab.chosen = id;
    tab.list = listOf(tab, id);
    var all = tab.lists[id].rows;
    tab.where = where || {};
    tab.rows = rows || all.filter(function (row) { return holds(row, tab.where); });
    tab.title = title || "";
    tab.listed = LISTED;
    render(tab);
    draw(tab);
  }

  function lead(tab, id, where, title, rows) {
    choose(tab, id, where, title, rows);
    var list = tab.box.querySelector(".ledger-list");
    list.scrollIntoView({ block: "nearest" });
    list.focus();
  }

  function render(tab) {
    var parts = [];
    if (tab.spec.period || tab.spec.by_district) { parts.push(dates(tab)); }
    tab.spec.tallies.forEach(function (spec, place) { parts.push(tally(tab, spec, tab.tallies[place])); });
    if (tab.spec.records.length > 1) { parts.push(choices(tab)); }
    var all = tab.lists[tab.list.id];
    if (all.refused) { parts.push(kit.make("p", "say warn", words.ledger_refused)); }
    if (tab.list.counts.length) { parts.push(figures(tab, all.rows)); }
    var groups = all.rows.length ? tab.list.groups.map(function (group) { return grouped(tab, group, all.rows); }) : [];
    /* the list stands where it is seen: after the first table of counts, before the others */
    parts = parts.concat(groups.slice(0, 1), listed(tab, all), groups.slice(1));
    tab.box.replaceChildren.apply(tab.box, parts);
  }

  function dates(tab) {
    var form = kit.make("form", "editor"), row = kit.make("div", "row");
    (tab.spec.period ? ["first", "last"] : []).forEach(function (name) {
      var label = kit.make("label", "", words[name === "first" ? "ledger_from" : "ledger_to"] + " "), input = kit.make("input");
      input.type = "date";
      input.required = true;
      input.value = tab.dates[name];
      input.addEventListener("change", function () { tab.dates[name] = input.value; });
      label.append(input);
      row.append(label);
    });
    if (tab.spec.by_district) { row.append(areas(tab)); }
    row.append(kit.make("button", "button-small main", words.ledger_go));
    form.append(row);
    form.addEventListener("submit", function (event) { event.preventDefault(); refresh(tab); });
    return form;
  }

  function areas(tab) {
    var label = kit.make("label", "", words.district + " "), select = kit.make("select"), every = kit.make("option", "", words.ledger_everywhere);
    every.value = "";
    select.append(every);
    Object.keys(told.districts).forEach(function (code) {
      var option = kit.make("option", "", told.districts[code]);
      option.value = code;
      option.lang = "zh-CN";
      select.append(option);
    });
    select.value = tab.dates.district || "";
    select.addEventListener("change", function () { tab.dates.district = select.value; });
    label.append(select);
    return label;
  }

  function tally(tab, spec, rows) {
    if (!rows.length) { return kit.make("p", "say empty", spec.title + ": " + spec.empty); }
    var into = listOf(tab, spec.into);
    var box = kit.make("div", rows.length > 20 ? "tally tall" : "tally"), head = spec.cells[0];
    box.append(grid(spec.title, spec.cells, rows.map(function (row) {
      return spec.cells.map(function (cell) {
        var text = said(cell, row), node = kit.cell(cell.kind === "number" ? "number" : ""), ids = cell.ids && row[cell.name + "_ids"];
        var leads = row[cell.name] !== null && (cell.drill && Number(row[cell.name]) !== 0 || ids && ids.length);
        if (!leads) { node.append(kit.sentence(text)); return node; }
        node.append(button(text.replace(/[\u2068\u2069]/g, ""), function () {
          (ids ? byIds(into, ids) : load(into, fill(cell.drill, L.extend({}, tab.dates, row))))
            .then(function (found) {
              if (found.refused) { P.say(words.ledger_refused, true); return; }
              lead(tab, into.id, null, said(head, row) + " · " + cell.title, found.rows.filter(function (one) {
                return holds(one, cell.keep) && cell.same.every(function (name) { return (one[name] || "") === (row[name] || ""); });
              }));
            })
            .catch(function (error) { P.say(error.message, true); });
        }));
        return node;
      });
    })));
    if (spec.note) { box.append(kit.make("p", "quiet", spec.note)); }
    return box;
  }

  function choices(tab) {
    return grid(words.ledger_choose, [{ title: words.ledger_list }, { title: words.ledger_count, kind: "number" }], tab.spec.records.map(function (spec) {
      var found = tab.lists[spec.id], counted = found.refused ? "—" : String(found.rows && !found.cut ? found.rows.length : found.count);
      function act() {
        if (found.rows) { lead(tab, spec.id); return; }
        load(spec, spec.source).then(function (all) { tab.lists[spec.id] = all; lead(tab, spec.id); }).catch(function (error) { P.say(error.message, true); });
      }
      var name = button(spec.title, act), number = button(counted, act);
      name.setAttribute("aria-pressed", String(spec.id === tab.list.id));
      number.setAttribute("aria-label", spec.title + ": " + counted);
      return [kit.cell("", name), kit.cell("number", number)];
    }));
  }

  function figures(tab, rows) {
    var list = kit.make("dl", "figures");
    tab.list.counts.forEach(function (spec) {
      var n = count(rows, spec.where), box = kit.make("div", n && spec.tone ? "alert" : ""), dd = kit.make("dd");
      dd.append(button(n.toLocaleString("en"), function () { lead(tab, tab.list.id, spec.where, spec.title); }));
      dd.firstChild.setAttribute("aria-label", spec.title + ": " + n);
      box.append(kit.make("dt", "", spec.title), dd);
      list.append(box);
    });
    return list;
  }

  /* values of a field by how many rows have them, those listed in the field's own order first */
  function values(field, rows) {
    var seen = {};
    rows.forEach(function (row) { var raw = row[field.name]; raw = raw === null || raw === undefined ? "" : String(raw); seen[raw] = (seen[raw] || 0) + 1; });
    var own = Object.keys(field.choices || {}).filter(function (value) { return seen[value]; });
    var rest = Object.keys(seen).filter(function (value) { return own.indexOf(value) < 0; });
    return own.concat(rest.sort(function (a, b) { return seen[b] - seen[a] || a.localeCompare(b); }));
  }

  function grouped(tab, group, rows) {
    function of(name) { return tab.list.fields.filter(function (field) { return field.name === name; })[0]; }
    function facts(field, value) { var found = {}; found[field.name] = value; return found; }
    var by = of(group.by), across = group.across && of(group.across), over = across ? values(across, rows) : [];
    var heads = [{ title: by.title }, { title: words.ledger_total, kind: "number" }].concat(over.map(function (value) {
      return { title: said(across, facts(across, value)).replace(/[\u2068\u2069]/g, ""), kind: "number" };
    }));
    var all = values(by, rows), lines = all.slice(0, GROUPED).map(function (value) {
      var name = said(by, facts(by, value)), cells = [kit.cell("", kit.sentence(name))];
      [null].concat(over).forEach(function (other) {
        var where = facts(by, [value]), title = name;
        if (other !== null) { where[across.name] = [other]; title += " · " + said(across, facts(across, other)); }
        var n = count(rows, where);
        cells.push(kit.cell("number", n ? button(String(n), function () { lead(tab, tab.list.id, where, title); }) : "0"));
      });
      return cells;
    });
    if (all.length > GROUPED) { lines.push([kit.cell("quiet", words.ledger_other.replace("#", all.length - GROUPED))]); }
    return grid(by.title + (across ? " × " + across.title : ""), heads, lines);
  }

  /* ---- the list ---- */

  function listed(tab, all) {
    var spec = tab.list, box = kit.make("section", "ledger-list"), head = kit.make("div", "row"), title = kit.make("h2");
    title.append(kit.sentence(spec.title + (tab.title ? ": " + tab.title : "")), " ", kit.make("span", "badge", String(tab.rows.length)));
    box.tabIndex = -1;
    head.append(title);
    var bare = tab.rows.length === all.rows.length && !tab.title;
    if (!bare) { head.append(button(words.ledger_all, function () { lead(tab, spec.id); }, "button-small")); }
    head.append(button(words.ledger_reload, function () { refresh(tab); }, "button-small"));
    if (tab.rows.length) { head.append(button(words.ledger_csv, function () { save(spec, tab.rows); }, "button-small")); }
    box.append(head, kit.make("p", "quiet", words.ledger_as_of.replace("#", said({ name: "at", kind: "time" }, { at: tab.as_of.toISOString() }))));
    if (all.cut) { box.append(kit.make("p", "say warn", words.ledger_cut.replace("#", MOST))); }
    if (!tab.rows.length) { box.append(kit.make("p", "say empty", bare ? spec.empty : words.records_none)); return box; }
    var lost = spec.places && !spec.placing ? tab.rows.filter(function (row) { return !placed(row); }).length : 0;
    if (lost) { box.append(kit.make("p", "quiet", words.ledger_no_place.replace("#", lost))); }
    if (tab.rows.length - lost > DRAWN && spec.places) { box.append(kit.make("p", "quiet", words.ledger_drawn.replace("#", DRAWN))); }
    var fields = spec.detail || spec.placing ? spec.fields.concat([{ title: words.ledger_detail, kind: "more" }]) : spec.fields;
    box.append(grid(words.ledger_list, fields, tab.rows.slice(0, tab.listed).map(function (row) { return line(spec, row); })));
    if (tab.rows.length > tab.listed) {
      box.append(button(words.ledger_next.replace("#", tab.rows.length - tab.listed), function () { tab.listed += 5 * LISTED; box.replaceWith(listed(tab, all)); }, "button-small"));
    }
    return box;
  }

  function line(spec, row) {
    var cells = spec.fields.map(function (field, place) {
      var text = said(field, row), node = kit.cell(field.kind === "number" ? "number" : field.kind === "time" || field.kind === "day" ? "time" : "");
      if (place === 0 && spec.places && placed(row)) {
        var show = kit.make("button", "place");
        show.type = "button";
        show.dataset.shape = spec.id + ":" + row[spec.key];
        show.append(kit.sentence(text));
        node.append(show);
      } else { node.append(kit.sentence(text)); }
      if (field.name === "clock") { node.classList.add("clock", row.clock); }
      return node;
    });
    if (spec.detail) {
      var more = button(words.ledger_detail, function () { P.ledgerDetail(spec, row); }, "button-small");
      more.setAttribute("aria-label", words.ledger_detail + ": " + said(spec.fields[0], row).replace(/[\u2068\u2069]/g, ""));
      cells.push(kit.cell("", more));
    }
    if (spec.placing) {
      var put = button(words.placing_begin, function () { P.placeRow(now, row, function () { return refresh(now); }); }, "button-small");
      put.setAttribute("aria-label", words.placing_begin + ": " + said(spec.fields[0], row).replace(/[\u2068\u2069]/g, ""));
      if (spec.detail) { cells[cells.length - 1].append(" ", put); } else { cells.push(kit.cell("", put)); }
    }
    return cells;
  }

  function save(spec, rows) {
    function quoted(text) { return '"' + text.replace(/[\u2068\u2069]/g, "").replace(/"/g, '""').replace(/^([=+@]|-(?![\d.,]+$))/, "'$1") + '"'; }
    var lines = [spec.fields.map(function (field) { return quoted(field.title); })].concat(rows.map(function (row) {
      return spec.fields.map(function (field) { return quoted(said(field, row)); });
    }));
    var link = kit.make("a"), text = "\ufeff" + lines.map(function (line) { return line.join(","); }).join("\r\n") + "\r\n";
    link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
    link.download = spec.id + ".csv";
    link.click();
    setTimeout(function () { URL.revokeObjectURL(link.href); }, 1000);
  }

  /* ---- the map ---- */

  function placed(row) { return typeof row.lon === "number" && typeof row.lat === "number"; }

  function draw(tab) {
    if (tab !== now || !tab.list) { return; }
    P.onPoint = null;
    Object.keys(P.sets).forEach(function (name) {
      var set = P.sets[name];
      set.layer.clearLayers();
      set.shapes = {};
      set.drawn = {};
      if (name === tab.list.id) { P.map.addLayer(set.layer); } else { P.map.removeLayer(set.layer); }
    });
    document.querySelectorAll(".leaflet-control-layers").forEach(legend);
    var spec = tab.list, set = P.sets[spec.id], rows = set ? tab.rows.filter(placed).slice(0, DRAWN) : [], order = set ? Object.keys(set.looks) : [];
    /* what the legend names first lies on top: several lots, or checks, stand at one place */
    rows.sort(function (a, b) { return order.indexOf(b[spec.look]) - order.indexOf(a[spec.look]); });
    rows.forEach(function (row) {
      P.drawShape(set, {
        key: String(row[spec.key]), look: set.looks[row[spec.look]] ? row[spec.look] : Object.keys(set.looks).pop(), title: said(spec.fields[0], row),
        facts: spec.fields.slice(1).map(function (field) { return [field.title, said(field, row)]; }), dots: [[row.lon, row.lat]],
        more: spec.detail ? { title: words.ledger_detail, act: function () { P.ledgerDetail(spec, row); } } : null
      });
    });
    if (rows.length) {
      P.map.fitBounds(L.latLngBounds(rows.map(function (row) { return [row.lat, row.lon]; })).pad(0.05), L.extend({ animate: false, maxZoom: 17 }, kit.fitting()));
    }
  }

  /* of the page's own sets the legend names the one that is drawn: the others are empty */
  function legend(container) {
    container.querySelectorAll("input").forEach(function (input) {
      var name = Object.keys(P.sets).filter(function (one) { return L.stamp(P.sets[one].layer) === input.layerId; })[0];
      if (!name) { return; }
      var node = input.closest(".leaflet-layerstree-node"), branch = node.parentElement.closest(".leaflet-layerstree-node");
      node.hidden = !now || !now.list || name !== now.list.id;
      branch.hidden = !branch.querySelector(".leaflet-layerstree-node:not([hidden])");
    });
  }

  P.ledger = function () {
    var dress = P.dressTree;
    P.dressTree = function (container) { dress(container); legend(container); };
    P.listeners.push(function (given) {
      told = given.ledger;
      words = P.words;
      fill = P.rows.fill; ask = P.rows.ask; load = P.rows.load; byIds = P.rows.byIds; said = P.rows.said; MOST = P.rows.MOST;
      P.ledgerKit = { ask: ask, fill: fill, said: said, grid: grid, words: words };
      told.tabs.forEach(function (spec) {
        tabs[spec.id] = { spec: spec, box: document.getElementById("ledger-" + spec.id), dates: period(spec) };
        tabs[spec.id].box.className = "ledger";
        document.getElementById("tab-" + spec.id).addEventListener("click", function () { open(spec.id); });
      });
      open(told.tabs[0].id);
      P.openLinked(told.tabs);
    });
  };
}());
