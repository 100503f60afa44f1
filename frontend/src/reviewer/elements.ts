/** The page's own elements, found once by id; a missing one is a mistake in the template and says so. */

function find<T extends HTMLElement>(id: string, kind: new () => T): T {
  const element = document.getElementById(id);
  if (!(element instanceof kind)) throw new Error(`#${id} is ${element?.tagName ?? "missing"}, expected a ${kind.name}`);
  return element;
}

function frame() {
  return {
    work: find("work", HTMLElement),
    desk: find("desk", HTMLElement),
    status: find("status", HTMLElement),
    done: find("done-count", HTMLElement),
    undo: find("undo", HTMLButtonElement),
    undoUntil: find("undo-until", HTMLElement),
    trouble: find("trouble", HTMLElement),
    troubleText: find("trouble-text", HTMLElement),
    tryAgain: find("try-again", HTMLButtonElement),
    nextClip: find("next-clip", HTMLButtonElement),
    signIn: find("sign-in-again", HTMLAnchorElement),
    empty: find("empty", HTMLElement),
    lookAgain: find("look-again", HTMLButtonElement),
    elsewhere: find("elsewhere", HTMLElement),
    workHere: find("work-here", HTMLButtonElement),
    rest: find("rest", HTMLElement),
    restLater: find("rest-later", HTMLButtonElement),
    restTaken: find("rest-taken", HTMLButtonElement),
  };
}

function sound() {
  return {
    heading: find("clip-heading", HTMLElement),
    about: find("clip-about", HTMLElement),
    audio: find("audio", HTMLAudioElement),
    waveform: find("waveform", HTMLElement),
    selectionLayer: find("selection-layer", HTMLElement),
    selectionMark: find("selection-mark", HTMLElement),
    selectionWords: find("selection-words", HTMLElement),
    position: find("position", HTMLElement),
    mustHear: find("must-hear", HTMLElement),
    playWord: find("play-word", HTMLElement),
    speed: find("speed", HTMLSelectElement),
    sensitive: find("sensitive", HTMLElement),
    sensitiveText: find("sensitive-text", HTMLElement),
    facePlay: find("face-play", HTMLButtonElement),
  };
}

function answer() {
  return {
    candidates: find("candidates", HTMLFieldSetElement),
    candidateList: find("candidate-list", HTMLElement),
    options: find("options", HTMLFieldSetElement),
    question: find("question", HTMLElement),
    pair: find("pair", HTMLElement),
    optionList: find("option-list", HTMLElement),
    scales: find("scales", HTMLElement),
    scaleList: find("scale-list", HTMLElement),
    writing: find("writing", HTMLElement),
    ownText: find("own-text", HTMLTextAreaElement),
    changes: find("changes", HTMLElement),
    changesWords: find("changes-words", HTMLElement),
    edit: find("edit", HTMLButtonElement),
    willSend: find("will-send", HTMLElement),
    guideline: find("guideline", HTMLElement),
    guidelineSearch: find("guideline-search", HTMLInputElement),
    guidelineCount: find("guideline-count", HTMLElement),
  };
}

function dialogs() {
  return {
    flagsDialog: find("flags-dialog", HTMLDialogElement),
    personalDialog: find("personal-dialog", HTMLDialogElement),
    personalForm: find("personal-form", HTMLFormElement),
    personalFrom: find("personal-from", HTMLInputElement),
    personalTo: find("personal-to", HTMLInputElement),
    keysDialog: find("keys-dialog", HTMLDialogElement),
    keyRows: find("key-rows", HTMLElement),
    keysSaid: find("keys-said", HTMLElement),
    usualKeys: find("usual-keys", HTMLButtonElement),
    pedal: find("connect-pedal", HTMLButtonElement),
    letterKeys: find("letter-keys", HTMLInputElement),
    autoplay: find("autoplay", HTMLInputElement),
    spellCheck: find("spell-check", HTMLInputElement),
    rewind: find("rewind", HTMLSelectElement),
  };
}

export function findElements() {
  return { ...frame(), ...sound(), ...answer(), ...dialogs() };
}

export type Elements = ReturnType<typeof findElements>;
