(function () {
  "use strict";
  const options = {
    mode: "vega-lite",
    actions: false,
    renderer: "svg",
    defaultStyle: false,
    tooltip: { disableDefaultStyle: true },
  };
  for (const source of document.querySelectorAll("script[data-chart]")) {
    const place = document.getElementById(source.dataset.chart);
    window
      .vegaEmbed(place, JSON.parse(source.textContent), options)
      .then(() => place.setAttribute("data-drawn", ""))
      .catch((error) => { place.textContent = "This chart could not be drawn: " + error.message; });
  }
})();
