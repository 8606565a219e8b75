// Which record is open, and the style sheet of the whole page.

export default {
  initialize({ model }) {
    const css = model.get("sheet");
    let style = document.getElementById("mlaw-sheet");
    if (!style) {
      style = document.createElement("style");
      style.id = "mlaw-sheet";
      document.head.append(style);
    }
    if (style.textContent !== css) style.textContent = css;
  },
  render({ model, el }) {
    const paint = () => { el.innerHTML = model.get("value"); };
    model.on("change:value", paint);
    paint();
  },
};
