/* 排班: propose and adopt a roster, ask why a rule forbids a shift, set rules, note leave, weigh one more. */
(function () {
  "use strict";
  var P = window.pianqu, kit = P.kit, told, words, count = 0;
  var REST = ["most_days_running", "days_off_week", "least_rest_min", "night_rest_min", "most_day_min", "most_week_min", "restday_people", "pair_gap_days"];

  function place(id) {
    var box = document.getElementById(id);
    if (box) { box.className = "editor"; }
    return box;
  }

  function labelled(text, control) {
    var label = kit.make("label", "", text + " ");
    control.id = "roster-control-" + (count += 1);
    label.append(control);
    return label;
  }

  function input(type, value, least, most) {
    var node = kit.make("input");
    node.type = type;
    node.value = value;
    node.required = true;
    if (type === "number") { node.min = least; node.max = most; node.step = 1; }
    return node;
  }

  function select(options) {
    var node = kit.make("select");
    options.forEach(function (one) {
      var option = kit.make("option", "", one.name);
      option.value = one.code;
      if (one.data) { option.lang = "zh-CN"; }
      node.append(option);
    });
    return node;
  }

  function named(list) {
    return list.map(function (one) { return { code: one.code, name: one.name + (one.name === one.code ? "" : " " + one.code), data: true }; });
  }

  /* fields side by side and one button; what fails is said and can be tried again */
  function form(title, fields, act) {
    var node = kit.make("form", "editor"), row = kit.make("div", "row"), button = kit.make("button", "button-small main", title);
    fields.forEach(function (field) { row.append(field); });
    row.append(button);
    node.append(row);
    node.addEventListener("submit", function (event) {
      event.preventDefault();
      button.disabled = true;
      act(button).catch(function (error) { P.say(words.roster_failed + error.message, true); })
        .then(function () { button.disabled = false; });
    });
    return node;
  }

  function table(caption, heads, rows, empty) {
    if (!rows.length) { return kit.make("p", "say empty", empty); }
    var scroll = kit.make("div", "scroll"), node = kit.make("table"), head = kit.make("thead"), top = kit.make("tr"), body = kit.make("tbody");
    scroll.tabIndex = 0;
    scroll.setAttribute("role", "group");
    scroll.setAttribute("aria-label", caption);
    heads.forEach(function (title) { var th = kit.make("th", "", title); th.scope = "col"; top.append(th); });
    rows.forEach(function (cells) {
      var row = kit.make("tr");
      cells.forEach(function (cell) { var td = kit.make("td"); td.append(cell); row.append(td); });
      body.append(row);
    });
    head.append(top);
    node.append(kit.make("caption", "", caption), head, body);
    scroll.append(node);
    return scroll;
  }

  function name(text) { var node = kit.make("bdi", "", text); node.lang = "zh-CN"; return node; }

  function shiftName(code) {
    return told.shifts.reduce(function (found, one) { return one.code === code ? one.name : found; }, code);
  }

  function since(row) { return row.valid_from_on ? row.valid_from_on + " " + row.set_by : words.roster_usual; }

  /* ---- propose and adopt ---- */

  function act() {
    var box = place("roster-act");
    if (!box) { return; }
    var first = input("date", told.tomorrow), days = input("number", 28, 1, 62);
    box.replaceChildren(form(words.roster_make, [labelled(words.roster_from, first), labelled(words.roster_days, days)], function () {
      P.say(words.roster_asked);
      return P.send("POST", "/rosters", { first_on: first.value, days: Number(days.value) }).then(function (job) { return P.follow(job, 900); })
        .then(function (job) { P.say(words.roster_made.replace("#", job.result.roster)); });
    }));
    if (!told.roster || told.roster.status !== "draft") { return; }
    var adopt = kit.make("button", "button-small", words.roster_adopt);
    adopt.type = "button";
    adopt.addEventListener("click", function () {
      P.ask({ title: words.roster_adopt, text: words.roster_adopt_sure, confirm: words.roster_adopt }, function () {
        adopt.disabled = true;
        return P.send("POST", "/rosters/" + told.roster.number + "/adopt").then(function (job) { return P.follow(job, 120); })
          .then(function (job) { P.say(words.roster_adopted.replace("#", job.result.duties)); })
          .catch(function (error) { adopt.disabled = false; throw error; });
      }, adopt);
    });
    var row = kit.make("div", "row");
    row.append(adopt);
    box.append(row);
  }

  /* ---- why a rule forbids a shift ---- */

  function why() {
    var box = place("roster-why");
    if (!box || !told.roster) { return; }
    var staff = select(named(told.staff)), day = input("date", told.roster.first_on), shift = select(named(told.shifts)), answer = kit.make("p", "say");
    day.min = told.roster.first_on;
    day.max = told.roster.last_on;
    answer.setAttribute("role", "status");
    box.replaceChildren(form(words.roster_ask_why, [labelled(words.roster_person, staff), labelled(words.roster_day, day), labelled(words.roster_shift, shift)], function () {
      var asked = new URLSearchParams({ staff: staff.value, on: day.value, shift: shift.value });
      return P.send("GET", "/rosters/" + told.roster.number + "/why?" + asked).then(function (found) {
        answer.className = found.possible ? "say" : "say warn";
        answer.textContent = found.sentence;
      }).catch(function (error) { answer.className = "say warn"; answer.textContent = error.message; });
    }), answer);
  }

  /* ---- rules and needs ---- */

  function rules() {
    var box = place("roster-rules");
    return P.get("/people/rules?on=" + told.tomorrow).then(function (found) {
      var rule = select(REST.map(function (code) { return { code: code, name: words["rest_" + code] }; })), value = input("number", found.rest[REST[0]], 0, 100000), from = input("date", told.tomorrow);
      rule.addEventListener("change", function () { value.value = found.rest[rule.value]; });
      var set = form(words.roster_set_rule, [labelled(words.roster_rule, rule), labelled(words.roster_value, value), labelled(words.roster_since, from)], function () {
        var body = { valid_from_on: from.value };
        body[rule.value] = Number(value.value);
        return P.send("PUT", "/people/rules/rest", body).then(function () { P.say(words.roster_rule_set); return rules(); });
      });
      box.replaceChildren(
        table(words.roster_rules_caption, [words.roster_rule, words.roster_value, words.roster_since], REST.map(function (code) {
          return [words["rest_" + code], String(found.rest[code]), since(found.rest)];
        }), ""), set,
        table(words.roster_needs_caption, [words.roster_shift, words.roster_day_kind, words.roster_people, words.roster_licensed, words.roster_regular, words.roster_leader, words.roster_takes_rest, words.roster_since], found.needs.map(function (need) {
          var held = need.people > 0;
          return [name(shiftName(need.shift_code)), words["day_" + need.day_kind], held ? String(need.people) : words.roster_not_held, String(need.licensed), String(need.regular), need.leader ? words.roster_yes : words.roster_no, need.takes_rest ? words.roster_yes : words.roster_no, since(need)];
        }), words.roster_usual), needForm());
    });
  }

  function needForm() {
    var shift = select(named(told.shifts)), kind = select(["workday", "restday"].map(function (code) { return { code: code, name: words["day_" + code] }; }));
    var people = input("number", 4, 0, 500), licensed = input("number", 0, 0, 500), regular = input("number", 0, 0, 500), from = input("date", told.tomorrow), rest = kit.make("input");
    rest.type = "checkbox";
    return form(words.roster_set_need, [
      labelled(words.roster_shift, shift), labelled(words.roster_day_kind, kind), labelled(words.roster_people, people), labelled(words.roster_licensed, licensed),
      labelled(words.roster_regular, regular), labelled(words.roster_takes_rest, rest), labelled(words.roster_since, from)
    ], function () {
      var body = {
        shift: shift.value, day_kind: kind.value, valid_from_on: from.value, people: Number(people.value), licensed: Number(licensed.value),
        regular: Number(regular.value), leader: Number(people.value) > 0, takes_rest: rest.checked
      };
      return P.send("PUT", "/people/rules/needs", body).then(function () { P.say(words.roster_rule_set); return rules(); });
    });
  }

  /* ---- leave ---- */

  function leave() {
    var box = place("roster-leave");
    return P.get("/people/leave?first=" + told.tomorrow).then(function (found) {
      var staff = select(named(told.staff)), from = input("date", told.tomorrow), to = input("date", told.tomorrow);
      var kind = select(["leave", "training", "detached"].map(function (code) { return { code: code, name: words["leave_" + code] }; }));
      var note = form(words.roster_note_leave, [labelled(words.roster_person, staff), labelled(words.roster_from, from), labelled(words.roster_to, to), labelled(words.roster_kind, kind)], function () {
        return P.send("POST", "/people/leave", { staff: staff.value, from_on: from.value, to_on: to.value, kind: kind.value }).then(function () { P.say(words.roster_leave_noted); return leave(); });
      });
      var rows = found.leave.map(function (one) {
        var back = kit.make("button", "button-small", words.roster_leave_back), who = kit.make("span");
        who.append(name(one.name), " " + one.staff);
        back.type = "button";
        back.setAttribute("aria-label", words.roster_leave_back + " " + one.staff + " " + one.from_on);
        back.addEventListener("click", function () {
          P.ask({ title: words.roster_leave_back, text: words.roster_leave_back_sure.replace("#", one.staff), confirm: words.roster_leave_back }, function () {
            return P.send("DELETE", "/people/leave/" + encodeURIComponent(one.staff) + "/" + one.from_on).then(function () { P.say(words.roster_leave_taken); return leave(); });
          }, back);
        });
        return [who, one.from_on, one.to_on, words["leave_" + one.kind], back];
      });
      box.replaceChildren(table(words.roster_leave_caption, [words.roster_person, words.roster_from, words.roster_to, words.roster_kind, words.roster_leave_back], rows, words.roster_leave_none), note);
    });
  }

  /* ---- what one more buys ---- */

  function signed(thousandths) { var whole = Math.round(thousandths / 1000); return (whole > 0 ? "+" : "") + whole; }
  function clock(seconds) { return Math.floor(seconds / 3600) + ":" + String(Math.floor(seconds % 3600 / 60)).padStart(2, "0"); }

  function weighed(job) {
    var found = job.result, parts = kit.make("div");
    var now = words.worth_now_line.replace("#date", job.arguments.date).replace("#shift", shiftName(job.arguments.shift)).replace("#people", found.people)
      .replace("#value", Math.round(found.now.value / 1000)).replace("#promises", found.now.promises).replace("#served", found.now.served);
    parts.append(kit.make("p", "say strong", now));
    parts.append(table(words.worth_caption, [words.worth_what, words.worth_value, words.worth_promises, words.worth_served, words.worth_spread], found.gains.map(function (gain) {
      var noise = Math.abs(gain.value) <= gain.spread ? " " + words.worth_within : "";
      return [words["more_" + gain.what], signed(gain.value) + noise, String(gain.promises), String(gain.served), String(Math.round(gain.spread / 1000))];
    }), words.worth_none));
    parts.append(table(words.worth_posts, [words.worth_post, words.worth_hours, words.worth_gain, words.worth_given_up], found.posts.map(function (post) {
      return [name(post.name), clock(post.from_s) + "–" + clock(post.to_s), signed(post.gain), String(Math.round(post.given_up / 1000))];
    }), words.worth_no_posts));
    return parts;
  }

  function worth() {
    var box = place("roster-worth"), shown = kit.make("div"), day = input("date", told.tomorrow), shift = select(named(told.shifts));
    function show(job) { shown.replaceChildren(job ? weighed(job) : kit.make("p", "say empty", words.worth_none)); }
    box.replaceChildren(form(words.worth_weigh, [labelled(words.roster_day, day), labelled(words.roster_shift, shift)], function () {
      P.say(words.worth_weighing);
      return P.send("POST", "/patrol/worth", { date: day.value, shift: shift.value }).then(function (job) { return P.follow(job, 1800); })
        .then(function (job) { P.say(""); show(job); });
    }), shown);
    return P.get("/jobs?kind=weigh_staff&state=done&limit=1").then(function (found) { show(found.jobs[0]); });
  }

  P.rosters = function () {
    P.listeners.push(function (found) {
      told = found.rosters;
      words = P.words;
      act();
      why();
      Promise.all([rules(), leave(), worth()]).catch(function () { P.say(words.load_failed, true); })
        .then(function () { P.rostersReady = true; });
    });
  };
}());
