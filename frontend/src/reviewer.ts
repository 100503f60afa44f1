/** The reviewer's page: finds its elements, puts the parts together, binds buttons and keys to the same commands. */
import { AnswerForm } from "./reviewer/answer";
import { Api } from "./reviewer/api";
import { Bindings } from "./reviewer/bindings";
import { COMMANDS, type Command } from "./reviewer/commands";
import { type Span, takesMore } from "./reviewer/contract";
import { Desk } from "./reviewer/desk";
import { prepareDialogs } from "./reviewer/dialogs";
import { drafts } from "./reviewer/drafts";
import { findElements } from "./reviewer/elements";
import { listenToKeys } from "./reviewer/keys";
import { Leases } from "./reviewer/leases";
import { Listening } from "./reviewer/listening";
import { Pedals } from "./reviewer/pedal";
import { Player, SPEEDS } from "./reviewer/player";
import { Keeper, loadPreferences } from "./reviewer/preferences";
import { Queue } from "./reviewer/queue";
import { Rest } from "./reviewer/rest";
import { canUnseal } from "./reviewer/sealed";
import { Selection } from "./reviewer/selection";
import { Sending } from "./reviewer/sending";
import { KeysDialog } from "./reviewer/settings";
import { stepped } from "./reviewer/steps";
import { Tabs } from "./reviewer/tabs";
import { Guideline } from "./reviewer/text/guideline";
import { noise, unintelligible } from "./reviewer/text/tags";
import { Waveform } from "./reviewer/waveform";
import { Work } from "./reviewer/work";
import { number, t } from "./words";

const LOOK_AGAIN_MS = 20_000;
const NUDGE_S = 0.1;

const on = findElements();
const { dataset } = on.work;
const api = new Api(dataset["api"] ?? "/api/v1/review/", dataset["programme"] ?? "");
const keeper = new Keeper(loadPreferences(), api);
const { preferences } = keeper;
const bindings = new Bindings(() => preferences.keys);

const player: Player = new Player(on.audio, () => {
  desk.sound();
  if (work.clip && !desk.troubled) desk.state(player.sounding ? "playing" : "ready");
});
const selection = new Selection(on.selectionLayer, on.selectionMark, (span) => {
  desk.selected(span);
  if (player.loop !== null) player.loop = span;
});
const guideline = new Guideline(on.guideline, on.guidelineSearch, on.guidelineCount);
const desk: Desk = new Desk(on, { player, waveform: new Waveform(on.waveform, on.audio), selection, guideline });
const leases: Leases = new Leases(api, (assignment) => work.leaseEnded(assignment));
const queue = new Queue(api, leases);
const listening = new Listening(player, api);
const answer = new AnswerForm(on, () => work.keepDraft());
const sending = new Sending(api);
const work: Work = new Work({ api, leases, queue, listening, sending, answer, desk }, () => preferences.autoplay);
const rest = new Rest(on.rest, on.restLater, on.restTaken);
const keysDialog = new KeysDialog(on, bindings, () => keeper.save());
const tabs = new Tabs(dataset["programme"] ?? "", () => work.keepDraft(), () => work.standDown());
const pedals = new Pedals((key) => {
  const command = keysDialog.take(key) ? null : bindings.commandOf(key);
  if (command !== null && !document.querySelector("dialog[open]")) run(command);
});

function setSpeed(speed: number): void {
  player.speed = preferences.speed = speed;
  keeper.save();
  showSettings();
  desk.say(t("Speed {speed} times.", { speed: number(speed) }));
}

function changeSpeed(by: 1 | -1): void {
  const next = SPEEDS[SPEEDS.indexOf(player.speed) + by];
  if (next !== undefined) setSpeed(next);
}

function step(by: 1 | -1): void {
  if (player.underWay) player.jump(stepped(work.clip?.words ?? [], player.at, by));
  else desk.say(t("Steps are within a play: play first."));
}

function mark(edge: 0 | 1): void {
  if (work.clip) selection.markAt(edge, player.underWay ? player.at : edge * work.clip.duration_s);
}

function edit(): void {
  if (!answer.edit()) desk.say(t("Pick a candidate first, then edit it."));
}

function tag(put: (field: HTMLTextAreaElement) => void): void {
  if (answer.write(document.activeElement !== on.ownText)) put(on.ownText);
}

function wholeOrSelected(): Span {
  return selection.span ?? [0, work.clip?.duration_s ?? 0];
}

const named: Readonly<Partial<Record<Command, () => void>>> = {
  play: () => void work.play(() => listening.toggle()),
  replay: () => void work.play(() => listening.replay(selection.span)),
  slow: () => void work.play(() => listening.slowBack()),
  back: () => step(-1),
  forward: () => step(1),
  slower: () => changeSpeed(-1),
  faster: () => changeSpeed(1),
  markStart: () => mark(0),
  markEnd: () => mark(1),
  edgeBack: () => selection.nudge(-NUDGE_S),
  edgeForward: () => selection.nudge(NUDGE_S),
  unselect: () => selection.clear(),
  edit,
  write: () => answer.write(),
  unintelligible: () => tag(unintelligible),
  noise: () => tag(noise),
  adequacy: () => desk.say(answer.rate("adequacy")),
  fluency: () => desk.say(answer.rate("fluency")),
  submit: () => void work.submit(),
  skip: () => void work.skip(),
  flag: () => work.clip && on.flagsDialog.showModal(),
  undo: () => void work.undo(),
  help: () => keysDialog.open(),
  search: () => guideline.focus(),
  next: () => !on.nextClip.hidden && desk.troubled && void work.next(),
};

/** All that a clip allows that asks before it is played. */
const WHILE_FACING: readonly Command[] = ["play", "skip", "flag", "undo", "help", "search", "next", "submit"];

function run(command: Command): void {
  rest.worked();
  leases.worked();
  if (work.facing && !WHILE_FACING.includes(command)) return;
  const picked = /^pick(\d)$/.exec(command);
  if (picked) desk.say(work.clip ? answer.pick(Number(picked[1])) : "");
  else named[command]?.();
}

function showSettings(): void {
  player.speed = SPEEDS.includes(preferences.speed) ? preferences.speed : 1;
  player.rewind = preferences.rewind;
  on.speed.value = String(player.speed);
  on.rewind.value = String(preferences.rewind);
  on.letterKeys.checked = preferences.letterKeys;
  on.autoplay.checked = preferences.autoplay;
  on.spellCheck.checked = on.ownText.spellcheck = preferences.spellCheck;
  keysDialog.paint();
}

function onSetting(field: HTMLInputElement | HTMLSelectElement, take: () => void): void {
  field.addEventListener("change", () => {
    take();
    keeper.save();
    showSettings();
  });
}

async function begin(): Promise<void> {
  if (!canUnseal()) {
    desk.say(t("This page needs https, or http on this machine: the browser does not decrypt elsewhere."));
    desk.state("error");
  } else if (await tabs.begin()) await work.next();
  else work.standDown();
}

for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-command]")) {
  const command = button.dataset["command"] ?? "";
  if (command in COMMANDS) button.addEventListener("click", () => run(command as Command));
}
on.tryAgain.addEventListener("click", () => void work.tryAgain());
on.lookAgain.addEventListener("click", () => void work.next());
on.workHere.addEventListener("click", () => void tabs.takeOver().then(() => work.standUp()));
on.speed.addEventListener("change", () => setSpeed(Number(on.speed.value)));
onSetting(on.rewind, () => (preferences.rewind = Number(on.rewind.value)));
onSetting(on.letterKeys, () => (preferences.letterKeys = on.letterKeys.checked));
onSetting(on.autoplay, () => (preferences.autoplay = on.autoplay.checked));
onSetting(on.spellCheck, () => (preferences.spellCheck = on.spellCheck.checked));
on.pedal.hidden = !pedals.possible;
on.pedal.addEventListener("click", () => {
  const tell = (words: string): void => void (on.keysSaid.textContent = words);
  pedals.connect().then(
    (name) => tell(name === null ? t("No pedal was chosen.") : t("{pedal} is connected. Its buttons are keys: change them here.", { pedal: name })),
    () => tell(t("The pedal could not be opened. Something else may use it.")),
  );
});
on.audio.addEventListener("timeupdate", () => desk.sound());
on.ownText.addEventListener("input", () => {
  rest.worked();
  leases.worked();
});
document.querySelector("form[data-sign-out]")?.addEventListener("submit", () => {
  drafts.clearAll();
  keeper.leave();
});
window.addEventListener("pagehide", () => listening.drop());
window.addEventListener("online", () => dataset["state"] === "error" && !work.clip && void work.next());
window.setInterval(() => {
  if (!work.clip && document.visibilityState === "visible") void work.look();
}, LOOK_AGAIN_MS);

prepareDialogs(on, {
  span: wholeOrSelected,
  duration: () => work.clip?.duration_s ?? 0,
  asksMore: () => work.clip !== null && takesMore(work.clip),
  send: (flag) => void work.flag(flag),
});
listenToKeys({ bindings, letters: () => preferences.letterKeys, run, leaveText: () => desk.focus() });
showSettings();
void begin();
void keeper.fetch().then((found) => found && showSettings());
void pedals.reconnect().catch(() => undefined);
