/* The matrix of one 片区 or of the county: hours down, weekdays across, minutes asked for over minutes on duty. */
(function () {
  "use strict";
  var P = window.pianqu, kit = P.kit;

  function draw(box, one, weekdays) {
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
        row.append(kit.make("td", state, state === "none" ? "–" : mark + pair[0] + "/" + pair[1]));
      }
      body.append(row);
    }
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
      choice.addEventListener("change", function () { draw(box, all[Number(choice.value)], found.weekdays); });
      label.append(choice);
      mount.className = "editor";
      mount.replaceChildren(label, box);
      draw(box, all[0], found.weekdays);
      P.onShape = function (set, shape, latlng) {
        var place = all.map(function (one) { return one.code; }).indexOf(shape.key);
        if (place > 0) { choice.value = String(place); draw(box, all[place], found.weekdays); }
        P.showShape(set, shape, latlng);
      };
    });
  };
}());
