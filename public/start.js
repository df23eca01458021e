// Takes over the page that the server drew. A browser that is too old keeps the page as it is and says so.

const TOO_OLD = {
  zh: "这个浏览器版本较旧，只能阅读，不能进入听证室。请改用新版浏览器，或者切换到“极速模式”。",
  en: "This browser is too old for the hearing room; pages can only be read. Please use a newer one.",
};
const AWAY = {
  zh: "页面没有加载完整，请检查网络后刷新。",
  en: "The page did not load fully. Please check the network and reload.",
};

// The smallest module with reference types: what the pages are built with.
const SAMPLE = [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 7, 1, 5, 0, 208, 112, 26, 11];

function tell(words) {
  const band = document.createElement("p");
  band.className = "band wait";
  band.setAttribute("role", "status");
  band.textContent = document.documentElement.lang === "en" ? words.en : words.zh;
  document.body.prepend(band);
}

// What carries sound and picture is loaded when it is asked for. A browser remembers that an address failed: the next
// try has another one.
globalThis.fengqiaoLink = async (tries) => {
  const link = await import(tries ? `/pkg/link.js?tries=${tries}` : "/pkg/link.js");
  await link.default({ module_or_path: "/pkg/link.wasm" });
  return link;
};

// What is pressed before the page has come whole is marked, where it was the last thing done and the browser does nothing of
// itself with it: the page presses it again once it has. So is a sign half composed, which it waits for.
const root = document.documentElement;
function notes({ type, key, keyCode, isComposing, target }) {
  if (root.hasAttribute("data-ready") || ["Shift", "Tab"].includes(key)) return;
  document.querySelector("[data-pressed]")?.removeAttribute("data-pressed");
  const enters = key === "Enter" && !isComposing && keyCode !== 229 && target.form === null;
  const pressed = type === "click" ? target.closest("button[type=button]") : enters ? target.closest("input") : null;
  pressed?.setAttribute("data-pressed", "");
}
for (const type of ["click", "keydown"]) document.addEventListener(type, notes);
document.addEventListener("compositionstart", () => root.setAttribute("data-composing", ""));
document.addEventListener("compositionend", () => root.removeAttribute("data-composing"));

const files = document.querySelector("script[data-wasm]").dataset;
if (typeof WebAssembly === "object" && WebAssembly.validate(new Uint8Array(SAMPLE))) {
  import(files.js)
    .then((page) => page.default({ module_or_path: files.wasm }))
    .catch((reason) => {
      console.error(reason);
      tell(AWAY);
    });
} else {
  tell(TOO_OLD);
}
