// Turns each still chart into one that answers to the pointer. Whatever fails, the still one stays.
// A page that is one file has this script within, after BokehJS and the charts' data: nothing is fetched then.
"use strict";
{
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const NEAR = "400px"; // how far below the window a chart begins to load
  const OURS = document.currentScript.src; // a website of files may lie in a folder of its host
  const ALL_WITHIN = Boolean(globalThis.Bokeh);
  let bokeh; // the one promise of BokehJS

  const observer = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        observer.unobserve(target);
        draw(target);
      }
    },
    { rootMargin: NEAR },
  );
  for (const figure of document.querySelectorAll("figure[data-chart]")) {
    if (ALL_WITHIN) draw(figure);
    else observer.observe(figure);
  }

  dark.addEventListener("change", () => {
    for (const figure of document.querySelectorAll("figure.chart-live")) draw(figure);
  });
  // On paper the still chart is sharper, and never drawn for a dark screen.
  addEventListener("beforeprint", () => showLive(false));
  addEventListener("afterprint", () => showLive(true));

  async function draw(figure) {
    const url = (dark.matches && figure.dataset.chartDark) || figure.dataset.chart;
    figure.dataset.drawing = url;
    const place = placeFor(figure);
    try {
      const item = ALL_WITHIN ? JSON.parse(document.getElementById(url).textContent) : await fetchItem(url);
      if (!ALL_WITHIN) await loadBokeh(item.doc.version);
      if (figure.dataset.drawing !== url) return; // the colours changed meanwhile
      figure.append(place);
      await globalThis.Bokeh.embed.embed_item(fitted(item), place);
      await nextFrame();
      if (figure.dataset.drawing === url) replaceStill(figure, place);
      else place.remove();
    } catch (problem) {
      place.remove();
      console.info(`The chart at ${url} stays still: ${problem.message}`);
    }
  }

  async function fetchItem(url) {
    const answer = await fetch(url);
    if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
    return answer.json();
  }

  // An edition names the version it was made with; the server sends that one or the nearest it has.
  function loadBokeh(version) {
    bokeh ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = new URL(`bokeh/${encodeURIComponent(version)}/bokeh.min.js`, OURS);
      script.onload = resolve;
      script.onerror = () => reject(new Error("BokehJS did not load"));
      document.head.append(script);
    });
    return bokeh;
  }

  // The live chart gets the very box of the still one, so nothing jumps, now or when the window changes.
  function placeFor(figure) {
    const box = (figure.querySelector(".live") ?? figure.querySelector(".still")).getBoundingClientRect();
    const place = document.createElement("div");
    place.className = "live-to-be";
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
