/* One record of a ledger: facts, history, pictures, clock, in a panel that has an address of its own. */
(function () {
  "use strict";
  var P = window.pianqu, kit = P.kit;

  function facts(part, row) {
    var list = kit.make("dl"), box = kit.make("div", "facts");
    part.fields.forEach(function (field) {
      var text = P.ledgerKit.said(field, row), dd = kit.make("dd");
      if (text === "—") { return; }
      dd.append(kit.sentence(text));
      list.append(kit.make("dt", "", field.title), dd);
    });
    box.append(list);
    return box;
  }

  function table(part, row) {
    var rows = row[part.name] || [], words = P.ledgerKit.words;
    if (!rows.length) { return kit.make("p", "quiet", words.ledger_none_yet); }
    return P.ledgerKit.grid(part.title, part.fields, rows.map(function (one) {
      return part.fields.map(function (field) {
        var cell = kit.cell(field.kind === "number" ? "number" : field.kind === "time" ? "time" : "");
        cell.append(kit.sentence(P.ledgerKit.said(field, one)));
        return cell;
      });
    }));
  }

  /* thumbnails of the copies, which carry no metadata; each opens the whole picture */
  function pictures(part, row, address) {
    var rows = row[part.name] || [], words = P.ledgerKit.words, box = kit.make("div", "thumbs");
    if (!rows.length) { return kit.make("p", "quiet", words.ledger_none_yet); }
    rows.forEach(function (one) {
      var link = kit.make("a"), figure = kit.make("figure"), image = kit.make("img"), caption = kit.make("figcaption");
      var text = part.fields.map(function (field) { return P.ledgerKit.said(field, one); }).join(" · ");
      link.href = image.src = address + "/" + part.name + "/" + one.uid;
      link.target = "_blank";
      link.rel = "noopener";
      image.alt = words.ledger_picture + ": " + text.replace(/[\u2068\u2069]/g, "");
      image.loading = "lazy";
      caption.append(kit.sentence(text));
      link.append(image);
      figure.append(link, caption);
      box.append(figure);
    });
    return box;
  }

  function clock(part, row) {
    var words = P.ledgerKit.words, found = row[part.name], box = kit.make("div");
    var state = { none: words.ledger_clock_none, running: words.ledger_clock_running, held: words.ledger_clock_held }[found.state];
    box.append(kit.make("p", "", state));
    if (found.budget_s) {
      var meter = kit.make("meter"), share = Math.round(100 * found.used_s / found.budget_s);
      var text = words.ledger_used.replace("#", (found.used_s / 3600).toFixed(1)).replace("#", (found.budget_s / 3600).toFixed(1)).replace("#", share);
      meter.max = found.budget_s;
      meter.high = 0.75 * found.budget_s;
      meter.optimum = 0;
      meter.value = Math.min(found.used_s, found.budget_s);
      meter.setAttribute("aria-label", text);
      box.append(meter, kit.make("p", "quiet", text));
    }
    return box;
  }

  var FORMS = { facts: facts, table: table, pictures: pictures, clock: clock };

  function show(spec, row) {
    var address = P.ledgerKit.fill(spec.detail, L.extend({ key: row[spec.key] }, row));
    var dialog = P.dialog(spec.title, P.ledgerKit.said(spec.fields[0], row));
    history.replaceState(null, "", "#" + spec.id + ":" + row[spec.key]);
    dialog.addEventListener("close", function () { history.replaceState(null, "", location.pathname + location.search); });
    P.ledgerKit.ask(address).then(function (found) {
      if (found.refused) { dialog.append(kit.make("p", "say warn", P.ledgerKit.words.ledger_refused)); return; }
      if (found[spec.fields[0].name]) {
        dialog.querySelector("h2").replaceChildren(spec.title + " · ", kit.sentence(P.ledgerKit.said(spec.fields[0], found)));
      }
      spec.parts.forEach(function (part) {
        dialog.append(kit.make("h3", "", part.title), FORMS[part.form](part, found, address));
      });
      P.detailReady = true;
    }).catch(function (error) { dialog.append(kit.make("p", "say warn", error.message)); });
  }

  /* an address with #list:key opens that record */
  function openLinked(tabs) {
    var link = decodeURIComponent(location.hash.slice(1)), cut = link.indexOf(":"), row = {};
    if (cut < 0) { return; }
    tabs.forEach(function (tab) {
      tab.records.forEach(function (spec) {
        if (spec.id !== link.slice(0, cut) || !spec.detail) { return; }
        row[spec.key] = row[spec.fields[0].name] = link.slice(cut + 1);
        show(spec, row);
      });
    });
  }

  P.ledger_detail = function () { P.ledgerDetail = show; P.openLinked = openLinked; };
}());
