"use strict";
// The page is complete without this: it adds values under the pointer and a button that copies.
(function () {
  function words(value, unit) {
    if (unit === "PERCENT") { return (100 * value).toFixed(1) + " %"; }
    if (unit === "COSINE") { return value.toFixed(3); }
    return String(Number(value.toPrecision(4)));
  }
  function nearest(points, x) {
    var best = 0;
    for (var i = 2; points.length > i; i += 2) {
      if (Math.abs(points[best] - x) >= Math.abs(points[i] - x)) { best = i; }
    }
    return best;
  }
  document.querySelectorAll(".plot").forEach(function (plot) {
    var lines = JSON.parse(plot.dataset.lines);
    var log = plot.dataset.axis === "LOG";
    function along(x) { return log ? Math.log(x) : x; }
    var from = along(Number(plot.dataset.from));
    var span = along(Number(plot.dataset.to)) - from;
    lines.forEach(function (line) {
      for (var i = 0; line.points.length > i; i += 2) { line.points[i] = along(line.points[i]); }
    });
    var rule = document.createElement("div");
    var tip = document.createElement("div");
    rule.className = "rule";
    tip.className = "tip";
    rule.hidden = tip.hidden = true;
    plot.append(rule, tip);
    plot.tabIndex = 0;
    var stops = [];
    lines.forEach(function (line) {
      for (var i = 0; line.points.length > i; i += 2) { stops.push(line.points[i]); }
    });
    stops = Array.from(new Set(stops)).sort(function (a, b) { return a - b; });
    var current = stops.length - 1;
    function show(x) {
      var stop = 0;
      stops.forEach(function (at, i) {
        if (Math.abs(stops[stop] - x) > Math.abs(at - x)) { stop = i; }
      });
      current = stop;
      var at = stops[stop];
      var head = document.createElement("b");
      head.textContent = plot.dataset.time + " " + Number((log ? Math.exp(at) : at).toPrecision(6));
      tip.replaceChildren(head);
      lines.forEach(function (line) {
        var i = nearest(line.points, at);
        if (span * 0.015 >= Math.abs(line.points[i] - at)) {
          var row = document.createElement("div");
          row.textContent = line.name + " " + words(line.points[i + 1], plot.dataset.unit);
          tip.append(row);
        }
      });
      var place = (at - from) / span;
      rule.style.left = 100 * place + "%";
      tip.style.left = place > 0.5 ? "auto" : "calc(" + 100 * place + "% + 10px)";
      tip.style.right = place > 0.5 ? "calc(" + 100 * (1 - place) + "% + 10px)" : "auto";
      rule.hidden = tip.hidden = false;
    }
    function hide() { rule.hidden = tip.hidden = true; }
    function move(event) {
      var box = plot.getBoundingClientRect();
      show(from + span * (event.clientX - box.left) / box.width);
    }
    plot.addEventListener("pointermove", move);
    plot.addEventListener("pointerdown", move);
    plot.addEventListener("pointerleave", hide);
    plot.addEventListener("blur", hide);
    plot.addEventListener("keydown", function (event) {
      var step = event.key === "ArrowLeft" ? -1 : event.key === "ArrowRight" ? 1 : 0;
      if (step !== 0) {
        event.preventDefault();
        show(stops[Math.max(0, Math.min(stops.length - 1, current + step))]);
      }
      if (event.key === "Escape") { hide(); }
    });
  });
  var config = document.getElementById("config");
  if (config !== null) {
    var box = document.createElement("div");
    var button = document.createElement("button");
    box.className = "copybox";
    button.textContent = "Copy";
    config.replaceWith(box);
    box.append(config, button);
    button.addEventListener("click", function () {
      var done = function () { button.textContent = "Copied"; };
      var select = function () {
        getSelection().selectAllChildren(config);
        button.textContent = "Selected";
      };
      if (navigator.clipboard) { navigator.clipboard.writeText(config.textContent).then(done, select); } else { select(); }
    });
  }
})();
