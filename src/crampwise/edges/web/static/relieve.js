// The timer of a stretch. What it counts stands on the page as a list; without this script that list is enough.
import { at, total } from "./parts.js";

const find = (id) => document.getElementById(id);
const list = [...find("parts").children];
const parts = list.map((item) => ({
  kind: item.dataset.kind,
  place: item.dataset.place,
  seconds: Number(item.dataset.seconds),
  words: item.textContent.trim(),
}));
const go = find("go"), skip = find("skip"), end = find("end");
let began = 0; // the time at which the first part would have begun, without pauses
let paused = null; // how far it was when it was paused
let shown = -1;
let tick = 0;
let running = false;
let screenOn = null;

const elapsed = () => (paused === null ? Date.now() - began : paused);

function show() {
  const now = at(parts, elapsed());
  if (now.index === parts.length) return finish("Done. Well done.");
  const part = parts[now.index];
  find("big").textContent = String(Math.ceil(now.left / 1000));
  find("bar").value = 1 - now.left / (part.seconds * 1000);
  if (now.index !== shown) {
    shown = now.index;
    say(part.words);
    find("counts").textContent = part.place;
    list.forEach((item, i) => (i === shown ? item.setAttribute("aria-current", "step") : item.removeAttribute("aria-current")));
    cue(part);
  }
}

function say(words) {
  find("phase").textContent = words;
}

function cue(part) {
  if (find("buzz").checked) navigator.vibrate(part.kind === "rest" ? [80, 80, 80] : 250);
  if (find("voice").checked) speak(part.words);
}

// Only a voice that speaks on this device: others would send the words away.
function voice() {
  const here = window.speechSynthesis?.getVoices().filter((v) => v.localService) ?? [];
  return here.find((v) => v.lang.startsWith("en")) ?? here[0];
}

function speak(words) {
  const spoken = new SpeechSynthesisUtterance(words);
  spoken.voice = voice();
  speechSynthesis.cancel();
  if (spoken.voice) speechSynthesis.speak(spoken);
}

async function keepScreenOn() {
  try {
    screenOn = (await navigator.wakeLock?.request("screen")) ?? null;
  } catch {
    screenOn = null; // low battery, or not allowed: the timer is right all the same
  }
}

function run() {
  running = true;
  began = Date.now() - (paused ?? 0);
  paused = null;
  go.textContent = "Pause";
  skip.hidden = end.hidden = false;
  clearInterval(tick);
  tick = setInterval(show, 200);
  keepScreenOn();
  show();
}

function pause() {
  paused = elapsed();
  halt();
  go.textContent = "Go on";
  say("Paused.");
  shown = -1;
}

function halt() {
  running = false;
  clearInterval(tick);
  screenOn?.release();
  screenOn = null;
  window.speechSynthesis?.cancel();
}

function finish(words) {
  halt();
  paused = null;
  began = 0;
  shown = -1;
  list.forEach((item) => item.removeAttribute("aria-current"));
  go.textContent = "Start again";
  skip.hidden = end.hidden = true;
  say(words);
  find("big").textContent = "0";
  find("bar").value = 0;
  find("counts").textContent = "";
  if (find("voice").checked) speak(words);
  go.focus();
}

go.addEventListener("click", () => (running ? pause() : run()));
end.addEventListener("click", () => finish("Stopped."));
skip.addEventListener("click", () => {
  const now = at(parts, elapsed());
  if (paused === null) began -= now.left;
  else paused += now.left;
  show();
});
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState !== "visible" || !running) return;
  keepScreenOn();
  show();
});
addEventListener("pagehide", () => running && pause());

function offerVoice() {
  find("voice").parentElement.hidden = !voice();
}
window.speechSynthesis?.addEventListener("voiceschanged", offerVoice);
offerVoice();
find("buzz").parentElement.hidden = !("vibrate" in navigator);
find("big").textContent = String(Math.round(total(parts) / 1000));
say("Get into place. Then start.");
find("counts").textContent = "seconds in all";
find("timer").hidden = false;
find("count").open = false;
