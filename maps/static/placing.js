/* 待上图: a record that says its place in words is put where a person says, a candidate or a point of the map. */
(function () {
  "use strict";
  var P = window.pianqu, kit = P.kit;

  function button(text, act, className) {
    var node = kit.make("button", className || "button-small", text);
    node.type = "button";
    node.addEventListener("click", act);
    return node;
  }

  P.placeRow = function (tab, row, refresh) {
    var words = P.words, spec = tab.list, how = spec.placing, set = P.sets[spec.id], chosen = null;
    var box = kit.make("section", "placing editor"), title = kit.make("h2"), list = kit.make("ol", "candidates"), last = kit.make("div", "row"), at = kit.make("p");
    var name = P.ledgerKit.said(spec.fields[0], row).replace(/[\u2068\u2069]/g, "");
    var here = button(words.placing_here, place, "button-small main");

    function dot(key, look, words, spot) {
      P.drawShape(set, { key: key, look: look, title: words, facts: [], dots: [spot], label: look === "candidate" ? key : "" });
    }

    function choose(lon, lat, from) {
      chosen = { lon: Number(lon.toFixed(7)), lat: Number(lat.toFixed(7)) };
      dot("chosen", "chosen", name, [lon, lat]);
      P.map.closePopup();
      if (from) { P.map.setView([lat, lon], Math.max(P.map.getZoom(), 17), { animate: false }); }
      at.textContent = words.placing_chosen_at.replace("#", chosen.lon.toFixed(6)).replace("#", chosen.lat.toFixed(6)) + (from ? " · " + from : "");
      here.disabled = false;
    }

    function place() {
      var back = here;
      P.ask({ title: words.placing_here + " · " + name, text: words.placing_sure + " " + at.textContent, confirm: words.placing_here }, function () {
        return P.send(how.method, P.ledgerKit.fill(how.place, row), chosen).then(function () { over(words.placing_done); });
      }, back);
    }

    function refuse(event) {
      P.ask({ title: words.placing_refuse + " · " + name, text: words.placing_refuse_sure, confirm: words.placing_refuse, field: words.placing_reason, needed: true }, function (note) {
        return P.send("POST", P.ledgerKit.fill(how.refuse, row), { note: note }).then(function () { over(words.placing_refused); });
      }, event.target);
    }

    function over(text) {
      P.say(name + " " + text);
      close();
      return refresh().then(function () {
        var next = tab.box.querySelector(".ledger-list");
        if (next) { next.focus(); }
      });
    }

    function close() {
      P.onPoint = null;
      if (set) { set.layer.clearLayers(); set.shapes = {}; set.drawn = {}; }
      box.remove();
    }

    function offer(found) {
      list.replaceChildren();
      if (!found.length) { list.replaceWith(kit.make("p", "say empty", words.placing_none)); return; }
      found.forEach(function (one, place) {
        var item = kit.make("li"), take = button("", function () { choose(one.lon, one.lat, one.name); }, "place");
        take.append(kit.sentence("\u2068" + one.name + "\u2069"));
        item.append(take, kit.make("span", "quiet", " " + Math.round(one.confidence / 10) + "% · ±" + one.radius_m + " m"));
        list.append(item);
        dot(String(place + 1), "candidate", one.name, [one.lon, one.lat]);
      });
      P.map.fitBounds(L.latLngBounds(found.map(function (one) { return [one.lat, one.lon]; })).pad(0.3), L.extend({ animate: false, maxZoom: 17 }, kit.fitting()));
    }

    document.querySelectorAll(".placing").forEach(function (old) { old.remove(); });
    set.layer.clearLayers();
    set.shapes = {};
    set.drawn = {};
    title.append(words.placing_title + " · ", kit.sentence(P.ledgerKit.said(spec.fields[0], row)), ": ", kit.sentence("\u2068" + row.place_text + "\u2069"));
    box.tabIndex = -1;
    here.disabled = true;
    last.append(here, button(words.placing_middle, function () { var middle = P.map.getCenter(); choose(middle.lng, middle.lat); }));
    if (how.refuse) { last.append(button(words.placing_refuse, refuse)); }
    last.append(button(words.cancel, function () { close(); tab.box.querySelector(".ledger-list").focus(); }));
    box.append(title, kit.make("p", "quiet", words.placing_candidates), list, kit.make("p", "quiet", words.placing_click), at, last);
    tab.box.querySelector(".ledger-list").before(box);
    P.onPoint = function (latlng) { choose(latlng.lng, latlng.lat); };
    box.scrollIntoView({ block: "nearest" });
    box.focus();
    (row.place_text ? P.ledgerKit.ask(P.ledgerKit.fill(how.candidates, row)) : Promise.resolve({ refused: true })).then(function (found) {
      offer(found.refused ? [] : found[how.rows]);
      P.placingReady = true;
    }).catch(function (error) { P.say(error.message, true); });
  };

  P.placing = function () {};
}());
