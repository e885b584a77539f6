/* The matrix of one 片区 or of the county: hours down, weekdays across, minutes asked for over minutes on duty. */
(function () {
  "use strict";
  var P = window.pianqu, kit = P.kit;

  /* the county's records are those of its 片区 together */
  function idsOf(all, one, at) {
    if (one.records) { return one.records[at]; }
    return all.reduce(function (ids, other) { return other.records ? ids.concat(other.records[at]) : ids; }, []);
  }

  function button(text, one, at, ids, when) {
    var node = kit.make("button", "", text);
    node.type = "button";
    node.tabIndex = -1;
    node.setAttribute("aria-label", when + " " + text);
    node.addEventListener("click", function () {
      P.records({ title: one.name + " " + when, drill: { layer: "event", codes: [], ids: ids } });
    });
    return node;
  }

  /* one stop for Tab, arrows from hour to hour */
  function byArrows(body) {
    var first = body.querySelector("button");
    if (first) { first.tabIndex = 0; }
    body.addEventListener("keydown", function (event) {
      var step = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] }[event.key], cell = event.target.closest("td");
      if (!step || !cell) { return; }
      event.preventDefault();
      var row = cell.parentNode.rowIndex - 1, column = cell.cellIndex, next = null;
      do {
        row += step[0];
        column += step[1];
        var line = body.rows[row], there = line && column > 0 && line.cells[column];
        if (!there) { return; }
        next = there.querySelector("button");
      } while (!next);
      event.target.tabIndex = -1;
      next.tabIndex = 0;
      next.focus();
    });
  }

  function draw(box, all, one, weekdays) {
    var words = P.words, table = kit.make("table", "matrix"), caption = kit.make("caption"), head = kit.make("thead"), body = kit.make("tbody"), top = kit.make("tr");
    caption.append(kit.sentence(one.name), " · ", words.matrix_caption);
    [words.hour].concat(weekdays).forEach(function (title) { var th = kit.make("th", "", title); th.scope = "col"; top.append(th); });
    for (var hour = 0; hour < 24; hour++) {
      var row = kit.make("tr"), th = kit.make("th", "", (hour < 10 ? "0" : "") + hour + ":00");
      th.scope = "row";
      row.append(th);
      for (var day = 0; day < 7; day++) {
        var at = day * 24 + hour, pair = one.pairs[at], state = one.states[at];
        var mark = { short: "▲ ", spare: "▽ " }[state] || "";
        var cell = kit.make("td", state), words_ = state === "none" ? "–" : mark + Math.round(pair[0]) + "/" + Math.round(pair[1]), ids = idsOf(all, one, at);
        if (ids.length) { cell.append(button(words_, one, at, ids, weekdays[day] + " " + th.textContent)); } else { cell.textContent = words_; }
        row.append(cell);
      }
      body.append(row);
    }
    byArrows(body);
    head.append(top);
    table.append(caption, head, body);
    box.replaceChildren(table, kit.make("p", "quiet", words.matrix_legend));
  }

  P.workload = function () {
    P.listeners.push(function (found) {
      var mount = document.getElementById("matrix"), all = found.workload;
      if (!mount || !all) { return; }
      var label = kit.make("label", "", P.words.choose_district + " "), choice = kit.make("select"), box = kit.make("div");
      all.forEach(function (one, place) {
        var option = kit.make("option", "", one.name.replace(/[\u2068\u2069]/g, ""));
        option.value = String(place);
        if (one.code) { option.lang = "zh-CN"; }
        choice.append(option);
      });
      choice.id = "matrix-of";
      choice.addEventListener("change", function () { draw(box, all, all[Number(choice.value)], found.weekdays); });
      label.append(choice);
      mount.className = "editor";
      mount.replaceChildren(label, box);
      draw(box, all, all[0], found.weekdays);
      P.onShape = function (set, shape, latlng) {
        var place = all.map(function (one) { return one.code; }).indexOf(shape.key);
        if (place > 0) { choice.value = String(place); draw(box, all, all[place], found.weekdays); }
        P.showShape(set, shape, latlng);
      };
    });
  };
}());
