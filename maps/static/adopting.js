/* 选址: a choice of sites is adopted by a person; relief points become regulated vendor points. */
(function () {
  "use strict";
  var P = window.pianqu, kit = P.kit, base = "/sites/plans/";

  function paint(box, plan) {
    box.className = "editor";
    if (plan.status === "adopted") {
      box.replaceChildren(kit.make("p", "say", P.words.sites_adopted));
      return;
    }
    var adopt = kit.make("button", "button-small main", P.words.adopt_sites), row = kit.make("div", "row");
    adopt.type = "button";
    adopt.addEventListener("click", function () {
      P.ask({ title: P.words.adopt_sites, text: P.words["adopt_sites_" + plan.purpose], confirm: P.words.adopt_sites }, function () {
        adopt.disabled = true;
        P.say(P.words.adopt_asked);
        return P.send("POST", base + plan.id + "/adopt").then(function (job) { return P.follow(job, 60); })
          .then(function () { return P.get(base + plan.id); })
          .then(function (now) { P.say(P.words.sites_adopted); paint(box, now); })
          .catch(function (error) { adopt.disabled = false; P.say(P.words.adopt_failed + error.message, true); });
      }, adopt);
    });
    row.append(kit.make("span", "quiet", P.words.sites_draft), adopt);
    box.replaceChildren(row);
  }

  P.adopting = function () {
    P.listeners.push(function (found) {
      var box = document.getElementById("adopt-sites");
      if (!box || !found.sites) { P.adoptingReady = true; return; }
      P.get(base + found.sites.plan).then(function (plan) { paint(box, plan); })
        .catch(function () { box.replaceChildren(kit.make("p", "say warn", P.words.load_failed)); })
        .then(function () { P.adoptingReady = true; });
    });
  };
}());
