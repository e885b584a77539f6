/* Rows of ledgers: asked of the service part by part, given the state of their clock, and put into words. */
(function () {
  "use strict";
  var P = window.pianqu, kit = P.kit, words, told;
  var MOST = 5000, IDS = 200;

  /* ---- asking ---- */

  function fill(address, facts) {
    var found = address.replace(/\{(\w+)\}/g, function (_, name) { return encodeURIComponent(facts[name] === null || facts[name] === undefined ? "" : facts[name]); });
    return found.replace(/&\w+=(?=&|$)/g, "");
  }

  function ask(address) {
    return fetch(address, { headers: { Accept: "application/json" } }).then(function (answer) {
      if (answer.status === 403) { return { refused: true }; }
      if (!answer.ok) { throw new Error(words.load_failed + " (" + answer.status + ")"); }
      return answer.json();
    });
  }

  /* rows of a list, asked for part by part; {rows, cut, refused} */
  function load(spec, address) {
    var rows = [];
    function part(url) {
      return ask(url).then(function (answer) {
        if (answer.refused) { return { rows: [], refused: true }; }
        var found = spec.rows === "features" ? answer.features.map(flat) : answer[spec.rows];
        if (answer.numberMatched > found.length) { return { rows: found, cut: true, count: answer.numberMatched }; }
        rows = rows.concat(found);
        if (!spec.page_by || found.length < spec.size) { return { rows: rows }; }
        if (rows.length >= MOST) { return { rows: rows, cut: true }; }
        return part(address + (address.indexOf("?") < 0 ? "?" : "&") + spec.page_by + "=" + found[found.length - 1].id);
      });
    }
    if (!address) { return Promise.resolve({ rows: [] }); }
    return part(address).then(function (found) { found.rows.forEach(function (row) { tell(spec, row); }); return found; });
  }

  /* a feature as a row; an area or a line stands where its first point is */
  function flat(feature) {
    var at = feature.geometry && feature.geometry.coordinates;
    while (at && Array.isArray(at[0])) { at = at[0]; }
    return L.extend({}, feature.properties, { id: feature.id, lon: at ? at[0] : null, lat: at ? at[1] : null });
  }

  function byIds(spec, ids) {
    var parts = [];
    for (var i = 0; i < ids.length; i += IDS) { parts.push(ids.slice(i, i + IDS)); }
    return Promise.all(parts.map(function (some) {
      return load(L.extend({}, spec, { page_by: "" }), spec.by_ids + some.map(function (id) { return "id=" + id; }).join("&"));
    })).then(function (found) { return { rows: [].concat.apply([], found.map(function (one) { return one.rows; })) }; });
  }

  /* the field "clock" of a row, from its dates and this moment */
  function tell(spec, row) {
    var clock = spec.clock, at = Date.now();
    if (!clock) { return; }
    var due = row[clock.due], warn = clock.warn && row[clock.warn];
    if (!due || clock.held.indexOf(row[clock.state]) >= 0) { row.clock = "none"; return; }
    /* a local day is over when the next one begins here */
    var ends = due.length === 10 ? Date.parse(due + "T00:00:00" + offset(due)) + 86400000 : Date.parse(due);
    row.clock = ends <= at ? "overdue" : warn && Date.parse(warn) <= at ? "warned" : ends - at <= 86400000 ? "today" : ends - at <= clock.soon_days * 86400000 ? "warned" : "running";
  }

  function offset(day) {
    var parts = new Intl.DateTimeFormat("en", { timeZone: kit.page().timeZone, timeZoneName: "longOffset" }).formatToParts(new Date(day));
    var said = parts.filter(function (part) { return part.type === "timeZoneName"; })[0].value.replace("GMT", "");
    return said || "Z";
  }

  /* 721 and rates in thousandths as percent */
  function percent(permille) { return permille === null ? null : permille / 10; }

  var ADAPT = {
    /* figures of the whole, or of the 片区 asked for: that has no rates of its own */
    figures: function (answer, tally, dates) {
      var own = dates.district || null, lang = document.documentElement.lang.slice(0, 2);
      /* what was counted first: the others say why they were not */
      var counted = answer.figures.filter(function (one) { return one.amounts.length; });
      return counted.concat(answer.figures.filter(function (one) { return !one.amounts.length; })).map(function (one) {
        var amounts = own ? one.districts[own] || [] : one.amounts, mine = amounts.filter(function (some) { return some.unit === one.unit; })[0];
        var amount = own ? (mine ? mine.amount : Object.keys(one.districts).length ? 0 : null) : one.amount;
        return L.extend({}, one, { title: lang === "zh" ? one.zh : one.en, amount: amount, rate: own ? null : percent(one.permille), numerator: own ? null : one.numerator, denominator: own ? null : one.denominator, over: one.over ? answer.figures.filter(function (other) { return other.figure === one.over; }).map(function (other) { return lang === "zh" ? other.zh : other.en; })[0] || one.over : null });
      });
    },
    /* one group's indicators as rows; the group is the whole unless a 片区 is asked for */
    indicators: function (answer, tally, dates) {
      var lang = document.documentElement.lang.slice(0, 2);
      var group = answer.groups.filter(function (one) { return dates.district ? one.key === dates.district : one.whole; })[0];
      return !group ? [] : group.indicators.map(function (one) {
        var rate = one.unit === "\u2030";
        return L.extend({}, one, { title: lang === "zh" ? one.zh : one.en, value: rate ? percent(one.value) : one.value, unit: rate ? "%" : one.unit });
      });
    },
    groups: function (answer) {
      return answer.groups.filter(function (one) { return !one.whole; }).map(function (one) {
        var row = { district_code: one.key };
        one.indicators.forEach(function (told) { row[told.name] = told.denominator === null ? told.numerator : told.value === null ? null : percent(told.value); });
        return row;
      });
    },
    shares: function (answer) {
      return answer.shares.map(function (one) {
        var row = { district_code: one.whole ? "" : one.district_code || "-", whole: one.whole ? "whole" : "part", total: one.total };
        ["service", "manage", "enforce"].forEach(function (name) { row[name] = one.counts[name]; row[name + "_share"] = percent(one.permille[name]); });
        return row;
      });
    },
    /* closings and how many were followed, in percent; gaps in hours */
    relapse_rates: function (answer) {
      return answer.rates.map(function (one) {
        var name = one.level === "district" ? (one.key ? named(told.districts[one.key] || one.key) : words.ledger_no_district) : one.level === "code" ? told.codes[one.key] || one.key : null;
        return { whole: one.level, name: name, closings: one.closings, followed: one.followed, rate: one.closings ? 100 * one.followed / one.closings : null, half_h: one.half_s === null ? null : one.half_s / 3600 };
      });
    },
    relapse_spots: function (answer) {
      return answer.spots.slice(0, 200).map(function (one) { return L.extend({ soonest_min: one.soonest_s / 60 }, one); });
    },
    complaint_rates: function (answer) {
      return answer.figures.map(function (one) {
        var row = { group: one.group, received: one.received, merged: one.merged };
        Object.keys(one.rates).forEach(function (name) { var rate = one.rates[name]; row[name] = rate.of ? rate.count + "/" + rate.of + " = " + (100 * rate.count / rate.of).toFixed(1) + "%" : null; });
        return row;
      });
    },
    rows: function (answer, tally) { return answer[tally.rows]; },
    /* 履约率 in percent; both numbers are of the same checks */
    rates: function (answer) {
      return answer.rates.map(function (row) {
        return L.extend({ rate: 100 * row.passed / row.checked, passed_ids: row.check_ids, checked_ids: row.check_ids }, row);
      });
    },
    /* the stock equation: opening, each term with the buildings of its lines, closing */
    stock: function (answer) {
      function row(term, amounts, ids) { return L.extend({ term: term, plots_ids: ids, households_ids: ids, area_m2_ids: ids }, amounts); }
      var of = {};
      answer.lines.forEach(function (line) { (of[line.term] = of[line.term] || {})[line.building_id] = true; });
      return [row("opening", answer.opening, answer.opening_ids)]
        .concat(Object.keys(answer.terms).map(function (term) { return row(term, answer.terms[term], Object.keys(of[term] || {})); }))
        .concat([row("closing", answer.closing, answer.closing_ids), row("difference", answer.difference, [])]);
    }
  };

  /* ---- saying: names from data stand between U+2068 and U+2069, as everywhere ---- */

  function named(text) { return "\u2068" + text + "\u2069"; }

  function said(field, row) {
    var raw = row[field.name];
    if (Array.isArray(raw)) { return raw.length ? raw.map(function (one) { var facts = {}; facts[field.name] = one; return said(field, facts); }).join(" · ") : "—"; }
    if (raw === null || raw === undefined || raw === "" || raw === "*") { return field.kind === "district" ? words.ledger_no_district : "—"; }
    if (field.choices && field.choices[raw] !== undefined) { return field.choices[raw]; }
    if (field.kind === "code") { return told.codes[raw] ? told.codes[raw] : named(raw); }
    if (field.kind === "district") { return named(told.districts[raw] || raw); }
    if (field.kind === "time" && String(raw).length > 10) {
      return new Intl.DateTimeFormat("sv-SE", { timeZone: kit.page().timeZone, dateStyle: "short", timeStyle: "short" }).format(new Date(raw));
    }
    if (field.kind === "hours") { return kit.hours(raw); }
    if (field.kind === "number") { return Number(raw).toLocaleString("en", { maximumFractionDigits: field.digits || 1 }) + (field.unit ? " " + field.unit : ""); }
    return field.kind === "day" || field.kind === "time" ? String(raw) : named(String(raw));
  }

  P.ledger_rows = function () {
    P.listeners.push(function (given) { told = given.ledger; words = P.words; });
    P.rows = { MOST: MOST, ADAPT: ADAPT, fill: fill, ask: ask, load: load, byIds: byIds, said: said };
  };
}());
