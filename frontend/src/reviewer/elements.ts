/** The page's own elements, found once by id; a missing one is a mistake in the template and says so. */

function find<T extends HTMLElement>(id: string, kind: new () => T): T {
  const element = document.getElementById(id);
  if (!(element instanceof kind)) throw new Error(`#${id} is ${element?.tagName ?? "missing"}, expected a ${kind.name}`);
  return element;
}

export function findElements() {
  return {
    work: find("work", HTMLElement),
    desk: find("desk", HTMLElement),
    heading: find("clip-heading", HTMLElement),
    about: find("clip-about", HTMLElement),
    status: find("status", HTMLElement),
    audio: find("audio", HTMLAudioElement),
    waveform: find("waveform", HTMLElement),
    position: find("position", HTMLElement),
    play: find("play", HTMLButtonElement),
    playWord: find("play-word", HTMLElement),
    replay: find("replay", HTMLButtonElement),
    speed: find("speed", HTMLSelectElement),
    candidates: find("candidates", HTMLFieldSetElement),
    candidateList: find("candidate-list", HTMLElement),
    ownText: find("own-text", HTMLTextAreaElement),
    edit: find("edit", HTMLButtonElement),
    willSend: find("will-send", HTMLElement),
    submit: find("submit", HTMLButtonElement),
    skip: find("skip", HTMLButtonElement),
    flag: find("flag", HTMLButtonElement),
    undo: find("undo", HTMLButtonElement),
    undoUntil: find("undo-until", HTMLElement),
    keys: find("keys", HTMLButtonElement),
    flagsDialog: find("flags-dialog", HTMLDialogElement),
    keysDialog: find("keys-dialog", HTMLDialogElement),
    letterKeys: find("letter-keys", HTMLInputElement),
    trouble: find("trouble", HTMLElement),
    troubleText: find("trouble-text", HTMLElement),
    tryAgain: find("try-again", HTMLButtonElement),
    nextClip: find("next-clip", HTMLButtonElement),
    signIn: find("sign-in-again", HTMLAnchorElement),
    empty: find("empty", HTMLElement),
    lookAgain: find("look-again", HTMLButtonElement),
    guideline: find("guideline", HTMLElement),
    done: find("done-count", HTMLElement),
  };
}

export type Elements = ReturnType<typeof findElements>;
