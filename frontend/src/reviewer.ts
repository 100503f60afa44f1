/** The reviewer's page: finds its elements, puts the parts together, binds buttons and keys to the same commands. */
import { AnswerForm } from "./reviewer/answer";
import { Api } from "./reviewer/api";
import { Desk } from "./reviewer/desk";
import { prepareDialogs } from "./reviewer/dialogs";
import { drafts } from "./reviewer/drafts";
import { findElements } from "./reviewer/elements";
import { type Command, listenToKeys } from "./reviewer/keys";
import { Leases } from "./reviewer/leases";
import { Listening } from "./reviewer/listening";
import { Player, SPEEDS } from "./reviewer/player";
import { loadPreferences, savePreferences } from "./reviewer/preferences";
import { Queue } from "./reviewer/queue";
import { canUnseal } from "./reviewer/sealed";
import { Waveform } from "./reviewer/waveform";
import { Work } from "./reviewer/work";

const LOOK_AGAIN_MS = 20_000;

const on = findElements();
const { dataset } = on.work;
const nonce = document.querySelector<HTMLMetaElement>("meta[name=csp-nonce]")?.content ?? "";
const api = new Api(dataset["api"] ?? "/api/v1/review/", dataset["programme"] ?? "");

const player = new Player(on.audio, () => {
  desk.sound(work.duration);
  if (work.hasClip && !desk.troubled) desk.state(player.sounding ? "playing" : "ready");
});
const desk = new Desk(on, player, new Waveform(on.waveform, on.audio, nonce));
const leases: Leases = new Leases(api, (assignment) => work.leaseEnded(assignment));
const queue = new Queue(api, leases);
const listening = new Listening(player, api);
const answer = new AnswerForm(on, () => work.keepDraft());
const work: Work = new Work({ api, leases, queue, listening, answer, desk }, () => player.heard);

const preferences = loadPreferences();

function setSpeed(speed: number, say = true): void {
  player.speed = preferences.speed = speed;
  on.speed.value = String(speed);
  savePreferences(preferences);
  if (say) desk.say(`Speed ${speed} times.`);
}

function step(by: 1 | -1): void {
  const next = SPEEDS[SPEEDS.indexOf(player.speed) + by];
  if (next !== undefined) setSpeed(next);
}

function pick(number: number): void {
  desk.say(answer.pick(number) ? `Candidate ${number} is marked. Enter submits.` : `There is no candidate ${number}.`);
}

function edit(): void {
  if (!answer.edit()) desk.say("Pick a candidate first, then edit it.");
}

function play(fromStart: boolean): void {
  leases.worked();
  void work.play(fromStart);
}

const named: Readonly<Record<Extract<Command, string>, () => void>> = {
  play: () => play(false),
  replay: () => play(true),
  edit,
  write: () => answer.write(),
  submit: () => void work.submit(),
  skip: () => void work.skip(),
  flag: () => work.hasClip && on.flagsDialog.showModal(),
  undo: () => void work.undo(),
  help: () => on.keysDialog.showModal(),
  next: () => !on.nextClip.hidden && desk.troubled && void work.next(),
  slower: () => step(-1),
  faster: () => step(1),
};

function run(command: Command): void {
  if (typeof command === "object") pick(command.pick);
  else named[command]();
}

const buttons: readonly [HTMLButtonElement, Command][] = [
  [on.play, "play"],
  [on.replay, "replay"],
  [on.edit, "edit"],
  [on.submit, "submit"],
  [on.skip, "skip"],
  [on.flag, "flag"],
  [on.undo, "undo"],
  [on.keys, "help"],
];
for (const [button, command] of buttons) button.addEventListener("click", () => run(command));
on.tryAgain.addEventListener("click", () => void work.tryAgain());
on.nextClip.addEventListener("click", () => void work.next());
on.lookAgain.addEventListener("click", () => void work.next());
on.speed.addEventListener("change", () => setSpeed(Number(on.speed.value)));
on.letterKeys.addEventListener("change", () => {
  preferences.letterKeys = on.letterKeys.checked;
  savePreferences(preferences);
});
on.audio.addEventListener("timeupdate", () => desk.sound(work.duration));
on.ownText.addEventListener("input", () => leases.worked());
document.querySelector("form[data-sign-out]")?.addEventListener("submit", () => drafts.clearAll());
window.addEventListener("pagehide", () => listening.drop());
window.addEventListener("online", () => dataset["state"] === "error" && !work.hasClip && void work.next());
window.setInterval(() => {
  if (!work.hasClip && document.visibilityState === "visible") void work.look();
}, LOOK_AGAIN_MS);

prepareDialogs(on, (kind) => void work.flag(kind));
listenToKeys({ letters: () => preferences.letterKeys, run, leaveText: () => desk.focus() });
setSpeed(SPEEDS.includes(preferences.speed) ? preferences.speed : 1, false);
on.letterKeys.checked = preferences.letterKeys;

if (canUnseal()) void work.next();
else {
  desk.say("This page needs https, or http on this machine: the browser does not decrypt elsewhere.");
  desk.state("error");
}
