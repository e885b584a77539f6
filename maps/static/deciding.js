/* 疑似增量: a person confirms or dismisses what waits, from the table or from the map; what is decided leaves both. */
(function () {
  "use strict";
  var P = window.pianqu, kit = P.kit, ids = {}, keys = {}, gone = {};

  function words() { return P.words; }

  function button(id, verdict) {
    var node = kit.make("button", "button-small", words()["decide_" + verdict]);
    node.type = "button";
    node.dataset.suspicion = id;
    node.dataset.verdict = verdict;
    return node;
  }

  function name(id) { return "YS" + String(id).padStart(5, "0"); }

  /* a row keeps its place and says what was decided; the shape leaves the map */
  function decided(id, said) {
    gone[id] = said;
    document.querySelectorAll('[data-decide="' + id + '"]').forEach(function (cell) {
      cell.replaceChildren(kit.make("span", "quiet", said));
      cell.closest("tr").classList.add("decided");
    });
    Object.keys(P.sets).forEach(function (set) {
      var drawn = P.sets[set].drawn[keys[id]];
      if (drawn && set !== "flights") { P.sets[set].layer.removeLayer(drawn); }
    });
  }

  function ask(id, verdict, back) {
    var needed = verdict === "dismissed";
    P.ask({
      title: words()["decide_" + verdict] + " " + name(id), text: words()["decide_" + verdict + "_sure"],
      confirm: words()["decide_" + verdict], field: words()[needed ? "decide_reason_needed" : "decide_reason"], needed: needed
    }, function (reason) {
      return P.send("POST", "/suspicions/" + id + "/decision", { verdict: verdict, reason: reason || null }).then(function (told) {
        P.map.closePopup();
        decided(id, words()["was_" + told.status]);
        P.say(name(id) + " " + words()["was_" + told.status]);
        var next = document.querySelector("[data-decide] [data-verdict]");
        if (next) { next.focus(); }
      });
    }, back);
  }

  P.deciding = function () {
    var show = P.showShape;
    P.showShape = function (set, shape, latlng) {
      show(set, shape, latlng);
      var id = ids[shape.key], box = document.querySelector(".leaflet-popup-content .facts");
      if (!id || gone[id] || !box) { return; }
      var row = kit.make("p", "row");
      row.append(button(id, "confirmed"), " ", button(id, "dismissed"));
      box.append(row);
    };
    document.addEventListener("click", function (event) {
      var pressed = event.target.closest("[data-verdict]");
      if (pressed) { ask(Number(pressed.dataset.suspicion), pressed.dataset.verdict, pressed); }
    });
    P.listeners.push(function (found) {
      ids = found.suspicions;
      Object.keys(ids).forEach(function (key) { keys[ids[key]] = key; });
      document.querySelectorAll("[data-decide]").forEach(function (cell) {
        cell.append(button(Number(cell.dataset.decide), "confirmed"), " ", button(Number(cell.dataset.decide), "dismissed"));
      });
      /* the page was built a while ago: what others decided since is no longer asked */
      P.get("/suspicions?status=waiting&limit=1000").then(function (told) {
        if (told.counts.waiting > told.suspicions.length) { return; }
        var waits = told.suspicions.map(function (one) { return one.id; });
        Object.keys(keys).map(Number).forEach(function (id) { if (waits.indexOf(id) < 0) { decided(id, words().was_decided); } });
      }).catch(function () { P.say(words().load_failed, true); }).then(function () { P.decidingReady = true; });
    });
  };
}());
