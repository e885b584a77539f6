"use strict";
(() => {
  const english = !navigator.language.toLowerCase().startsWith("zh");
  if (english) {
    document.documentElement.lang = "en";
    document.title = "Sign in · Pianqu";
    document.querySelectorAll("[data-en]").forEach((node) => { node.textContent = node.dataset.en; });
  }
  const form = document.getElementById("form");
  const said = document.getElementById("said");
  const button = document.getElementById("go");
  const next = new URLSearchParams(location.search).get("next") || "/dashboards";
  // Only a path of this site: "//host" and "/\host" would lead elsewhere.
  const target = /^\/(?![\/\\])/.test(next) ? next : "/dashboards";
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    said.textContent = "";
    button.disabled = true;
    try {
      const answer = await fetch("/session", {
        method: "POST",
        headers: { "Content-Type": "application/json", "Accept-Language": english ? "en" : "zh" },
        body: JSON.stringify({ login: form.login.value, password: form.password.value }),
      });
      if (answer.ok) { location.assign(target); return; }
      said.textContent = (await answer.json()).detail;
    } catch {
      said.textContent = english ? "The service cannot be reached." : "无法连接服务。";
    }
    button.disabled = false;
    form.password.select();
  });
})();
