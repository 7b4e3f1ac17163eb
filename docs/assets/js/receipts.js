// Says where a number comes from: a tip on hover and on focus, closed by Escape. Without this script the number is still
// a link to the cell that computed it. One tip serves all receipts; it is made when first needed.

const DELAY_OFF = 150; // ms: time to move the pointer into the tip without losing it
const GAP = 6; // px between number and tip
let tip;
let shownFor;
let closing;

function element() {
  if (!tip) {
    tip = document.createElement("div");
    tip.className = "kb-tip";
    tip.id = "kb-tip";
    tip.setAttribute("role", "tooltip");
    tip.hidden = true;
    tip.addEventListener("pointerenter", () => clearTimeout(closing));
    tip.addEventListener("pointerleave", leave);
  }
  if (!tip.isConnected) document.body.append(tip);
  return tip;
}

function show(receipt) {
  clearTimeout(closing);
  if (shownFor === receipt) return;
  hide();
  const box = element();
  box.textContent = receipt.dataset.receipt;
  box.hidden = false;
  receipt.setAttribute("aria-describedby", box.id);
  shownFor = receipt;
  const at = receipt.getClientRects()[0] ?? receipt.getBoundingClientRect();
  const left = Math.max(8, Math.min(at.left, document.documentElement.clientWidth - box.offsetWidth - 8));
  const above = at.top - box.offsetHeight - GAP;
  box.style.left = `${left + scrollX}px`;
  box.style.top = `${(above > 0 ? above : at.bottom + GAP) + scrollY}px`;
}

function hide() {
  clearTimeout(closing);
  shownFor?.removeAttribute("aria-describedby");
  shownFor = undefined;
  if (tip) tip.hidden = true;
}

function leave() {
  clearTimeout(closing);
  closing = setTimeout(hide, DELAY_OFF);
}

const receiptOf = (event) => event.target.closest?.("a.receipt[data-receipt]");

/** Listen once for all pages: instant navigation replaces their content, not the document. */
export function receipts() {
  document.addEventListener("pointerover", (event) => {
    const receipt = receiptOf(event);
    if (receipt && event.pointerType !== "touch") show(receipt);
  });
  document.addEventListener("pointerout", (event) => receiptOf(event) && leave());
  document.addEventListener("focusin", (event) => {
    const receipt = receiptOf(event);
    if (receipt?.matches(":focus-visible")) show(receipt);
  });
  document.addEventListener("focusout", (event) => receiptOf(event) && hide());
  document.addEventListener("keydown", (event) => event.key === "Escape" && hide());
}

/** A new page has been shown: the number the tip spoke of is gone. */
export function page() {
  hide();
}
