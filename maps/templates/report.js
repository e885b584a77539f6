"use strict";
(() => {
  const english = !navigator.language.toLowerCase().startsWith("zh");
  const say = (zh, en) => (english ? en : zh);
  if (english) {
    document.documentElement.lang = "en";
    document.title = "Report a problem · Pianqu";
    document.querySelectorAll("[data-en]").forEach((node) => { node.textContent = node.dataset.en; });
  }
  const form = document.getElementById("form");
  const said = document.getElementById("said");
  const where = document.getElementById("where");
  const go = document.getElementById("go");
  const here = document.getElementById("here");
  let spot = null;
  let uid = fresh();

  // randomUUID is not there without TLS, and a bureau's own network may have none.
  function fresh() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
  }

  function tell(text, bad) {
    said.textContent = text;
    said.className = bad ? "bad" : "";
  }

  // Asked only when somebody wants it; the same button takes it away again.
  here.addEventListener("click", () => {
    if (spot) {
      spot = null;
      where.textContent = say("已去掉位置。", "The position is left out.");
      return;
    }
    if (!navigator.geolocation || !window.isSecureContext) {
      where.textContent = say("此处无法取得位置,请在上面写明地点。", "No position can be had here; please say above where it is.");
      return;
    }
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        spot = { lon: Number(coords.longitude.toFixed(6)), lat: Number(coords.latitude.toFixed(6)) };
        where.textContent = say(`已附上位置(误差约 ${Math.round(coords.accuracy)} 米),再按一次去掉。`,
          `Your position is added (within ${Math.round(coords.accuracy)} m); press again to leave it out.`);
      },
      () => { where.textContent = say("没有取得位置,请在上面写明地点。", "No position was had; please say above where it is."); },
      { enableHighAccuracy: true, timeout: 15000 },
    );
  });

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    tell("", false);
    go.disabled = true;
    const report = { uid, content: form.content.value.trim(), place_text: form.place.value.trim(), ...spot };
    try {
      const answer = await fetch("/intake/public", {
        method: "POST",
        headers: { "Content-Type": "application/json", "Accept-Language": english ? "en" : "zh" },
        body: JSON.stringify(report),
      });
      const told = await answer.json();
      if (answer.ok) {
        tell(say(`已收到,编号 ${told.complaint}。谢谢!`, `Received under number ${told.complaint}. Thank you!`), false);
        form.reset();
        spot = null;
        where.textContent = "";
        uid = fresh();
      } else {
        tell(told.detail, true);
      }
    } catch {
      // The same number goes with it when it is sent again, so that it is never taken twice.
      tell(say("无法连接,内容还在,请稍后再按一次。", "No connection. What you wrote is still here; please send it again later."), true);
    }
    go.disabled = false;
  });
})();
