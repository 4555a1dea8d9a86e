// Turns each still chart of a page that is one file into one that answers to the pointer: all it needs is within.
"use strict";
{
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const figures = [...document.querySelectorAll("figure[data-chart]")];

  for (const figure of figures) draw(figure);
  dark.addEventListener("change", () => figures.forEach(draw));
  // On paper the still chart is sharper, and never drawn for a dark screen.
  addEventListener("beforeprint", () => showLive(false));
  addEventListener("afterprint", () => showLive(true));

  async function draw(figure) {
    const name = (dark.matches && figure.dataset.chartDark) || figure.dataset.chart;
    const place = placeFor(figure);
    figure.dataset.drawing = name;
    try {
      figure.append(place);
      await globalThis.Bokeh.embed.embed_item(fitted(JSON.parse(document.getElementById(name).textContent)), place);
      await nextFrame();
      if (figure.dataset.drawing === name) replaceStill(figure, place);
      else place.remove(); // the colours changed meanwhile
    } catch (problem) {
      place.remove();
      console.info(`The chart ${name} stays still: ${problem.message}`);
    }
  }

  // The live chart gets the very box of the still one, so nothing jumps.
  function placeFor(figure) {
    const box = (figure.querySelector(".live") ?? figure.querySelector(".still")).getBoundingClientRect();
    const place = document.createElement("div");
    place.style.cssText = `position: absolute; top: 0; left: 0; visibility: hidden; width: ${box.width}px;`;
    if (figure.querySelector(".still img")) place.style.aspectRatio = `${box.width} / ${box.height}`;
    else place.style.height = `${box.height}px`;
    return place;
  }

  function fitted(item) {
    for (const root of item.doc.roots) {
      root.attributes.sizing_mode = "stretch_both";
      delete root.attributes.width;
      delete root.attributes.height;
    }
    return item;
  }

  function replaceStill(figure, place) {
    figure.querySelector(".live")?.remove();
    figure.querySelector(".still").after(place);
    place.className = "live";
    place.style.position = place.style.visibility = place.style.width = "";
    figure.classList.add("chart-live");
  }

  function showLive(isShown) {
    for (const place of document.querySelectorAll("figure > .live")) {
      place.hidden = !isShown;
      place.parentElement.classList.toggle("chart-live", isShown);
    }
  }

  function nextFrame() {
    return new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  }
}
