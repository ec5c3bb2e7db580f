// Before the first paint, so that nobody who chose dark sees a white flash.
(function () {
  try {
    var theme = localStorage.getItem("metaflow-theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch (unavailable) {
    document.documentElement.dataset.theme = "";
  }
})();
