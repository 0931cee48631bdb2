// Keyboard, progress and small comforts; every page works without it.
"use strict";
(() => {
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const typing = (target) => target instanceof Element && target.closest("input:not([type=radio]):not([type=checkbox]), textarea, select, dialog[open]");

  // A form that takes a while says so, and is not sent twice.
  for (const form of all("form[data-busy]")) {
    form.addEventListener("submit", () => {
      const said = one(".busy", form);
      if (said) said.textContent = form.dataset.busy;
      setTimeout(() => all("button", form).forEach((button) => { button.disabled = true; }), 0);
    });
  }
  window.addEventListener("pageshow", () => all("form[data-busy] button").forEach((button) => { button.disabled = false; }));

  const dialog = one("#keys");
  const help = () => dialog && !dialog.open && dialog.showModal();
  for (const button of all("[data-help]")) { button.hidden = false; button.addEventListener("click", help); }

  // The queue: a row is the place one is at.
  const rows = all("[data-queue] [data-row]");
  let at = -1;
  const move = (step) => {
    if (!rows.length) return;
    at = Math.min(rows.length - 1, Math.max(0, at + step));
    rows.forEach((row, n) => row.classList.toggle("here", n === at));
    one(".row-link", rows[at]).focus();
    rows[at].scrollIntoView({ block: "nearest" });
  };
  rows.forEach((row, n) => row.addEventListener("focusin", () => { at = n; rows.forEach((each) => each.classList.toggle("here", each === row)); }));

  const proposal = one("[data-proposal]");
  const go = (address) => { if (address) location.assign(address); };
  const choose = (digit) => {
    const found = one(`.choose[data-key="${digit}"]`);
    if (!found) return;
    found.checked = true;
    found.focus();
    found.closest(".candidate").scrollIntoView({ block: "nearest" });
  };
  const accept = () => {
    const button = one("#confirm");
    const by = one("#decide input[name=by]");
    if (by && !by.value.trim()) { by.focus(); return; }
    if (button && !button.disabled) button.click();
  };
  const reject = () => {
    const reason = one("#reason");
    if (!reason) return;
    if (reason.value.trim()) one("#reject").click(); else { reason.focus(); rejecting = true; }
  };
  let rejecting = false;
  const reason = one("#reason");
  if (reason) {
    reason.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && rejecting && !event.shiftKey && !event.isComposing && reason.value.trim()) {
        event.preventDefault();
        one("#reject").click();
      }
    });
    reason.addEventListener("blur", () => { rejecting = false; });
  }
  const override = () => {
    const part = one("#override");
    if (!part) return;
    part.open = true;
    one("#override-search").focus();
    one("#override-search").select();
  };
  if (location.hash === "#override") {
    const found = one("#override-form input[name=dataset_id]:checked");
    if (found) found.focus();
  }

  const keys = {
    j: () => (proposal ? go(proposal.dataset.later) : move(1)),
    k: () => (proposal ? go(proposal.dataset.earlier) : move(-1)),
    a: accept, r: reject, o: override, "?": help,
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "Escape" && typing(event.target) && !event.target.closest("dialog")) { event.target.blur(); return; }
    if (typing(event.target)) return;
    if (/^[1-9]$/.test(event.key)) { choose(event.key); return; }
    const act = keys[event.key];
    if (act) { event.preventDefault(); act(); }
  });

  // A job: asked for every second and a half; the words come from the server in the page's language.
  const job = one("[data-job]");
  if (job && ["queued", "running"].includes(job.dataset.state)) {
    const ask = async () => {
      try {
        const answer = await fetch(job.dataset.job, { headers: { Accept: "application/json" } });
        if (answer.ok) {
          const said = await answer.json();
          if (!["queued", "running"].includes(said.state)) { location.reload(); return; }
          one("[data-job-state]").textContent = said.name;
          one("[data-job-state]").className = `chip ${said.state}`;
          one("[data-job-count]").textContent = `${said.done} / ${said.total || "–"}`;
          const bar = one("[data-job-bar]");
          bar.max = said.total || 1;
          bar.value = said.done;
          if (one("[data-job-said]").textContent !== said.said) one("[data-job-said]").textContent = said.said;
        }
      } catch { /* the server is away for a moment; asked again */ }
      setTimeout(ask, 1500);
    };
    setTimeout(ask, 800);
  }
})();
