// The page: the question before the call, the call with its captions, and what is the speaker's own.

import { Connection } from "/connection.js";

const [asking, before, join, first, section, sign, address, theirs, voice, now, captions, done, mine, news] = [
  "asking", "before", "join", "first", "call", "sign", "address", "theirs", "voice", "now", "captions", "done", "mine", "news",
].map((name) => document.getElementById(name));
const invited = new URLSearchParams(location.search).get("call") ?? undefined;
let connection;

async function call(path, body) {
  const how = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
  const answer = await fetch(path, how);
  if (!answer.ok) throw new Error((await answer.json()).error);
  return answer.json();
}

const NOTICE = `People listen to your side of a call to check what Ferry understood: they hear short pieces of your voice. They work for
  Tarn Listening in Ireland. What identifies you is taken out first. The other side is asked as well, and each answers for their own
  voice alone. Ferry works just as well if you say no.`;

function show(state) {
  asking.innerHTML = `<fairhearing-consent notice="${state.notice}"${state.answer ? ` answer="${state.answer}"` : ""}><p>${NOTICE}</p></fairhearing-consent>`;
  join.disabled = !state.answer;
  first.hidden = Boolean(state.answer);
  if (invited) join.textContent = "Join the call";
}

function tellNews(state) {
  news.replaceChildren(...state.news.map((words) => Object.assign(document.createElement("li"), { textContent: words })));
}

document.addEventListener("fairhearing-consent", async (event) => {
  try {
    await call("/consent", event.detail);
    join.disabled = false;
    first.hidden = true;
    done.textContent = event.detail.human_review ? "You said yes: people listen." : "You said no: nobody listens.";
  } catch (error) {
    done.textContent = `Your answer was not kept: ${error.message}`;
  }
});

before.addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    const joined = await call("/join", { call: invited, language: document.getElementById("language").value });
    connection = new Connection(joined.call, joined.number);
    await connection.open(voice, theirs);
    before.hidden = true;
    section.hidden = false;
    sign.textContent = "● The microphone is open.";
    address.textContent = `${location.origin}/?call=${joined.call}`;
    void listen();
  } catch (error) {
    done.textContent = `There is no call: ${error.message}`;
  }
});

const HAPPENS = {
  joined: () => connection.offer(),
  signal: ({ data }) => connection.hear(data),
  caption: ({ by, text, translation, final }) => {
    const words = translation ?? text;
    if (!final) {
      now.textContent = `${by === connection.number ? "You" : "The other"}: ${words} …`;
      return;
    }
    now.textContent = "";
    const line = document.createElement("li");
    line.dataset.by = by === connection.number ? "me" : "other";
    line.append(Object.assign(document.createElement("span"), { textContent: words }));
    if (translation) line.append(Object.assign(document.createElement("span"), { textContent: text, lang: "en" }));
    captions.append(line);
  },
  ended: () => close(),
};

async function listen() {
  for (let since = 0; connection; ) {
    const answer = await connection.ask("/events", JSON.stringify({ since }));
    if (!answer.ok) return close();
    const { told } = await answer.json();
    since += told.length;
    for (const one of told) if (connection) await HAPPENS[one.kind](one);
  }
}

async function close() {
  const ending = connection;
  connection = undefined;
  if (!ending) return;
  await ending.close();
  sign.textContent = "The call is over. The microphone is closed.";
}

document.getElementById("mute").addEventListener("click", ({ currentTarget }) => {
  const muted = currentTarget.getAttribute("aria-pressed") !== "true";
  currentTarget.setAttribute("aria-pressed", String(muted));
  connection?.mute(muted);
  sign.textContent = muted ? "You are muted." : "● The microphone is open.";
});

document.getElementById("hang-up").addEventListener("click", async () => {
  const ending = connection;
  if (!ending) return;
  await close();
  const answer = await ending.ask("/hang-up", "{}");
  const { sent } = await answer.json();
  done.textContent = sent ? "The call is kept as far as its parties agreed." : "Nothing of the call is kept.";
});

const WORDS = {
  "/forget": (answer) => `Forgotten: ${answer.recordings} recording(s).`,
  "/withdraw": (answer) => `Nobody listens any more. ${answer.recordings} recording(s) were closed. Receipt: ${answer.receipt}`,
  "/mine": (answer) => {
    mine.hidden = false;
    mine.src = answer.url;
    return "Your page stands below.";
  },
};

document.addEventListener("click", async (event) => {
  const path = event.target.dataset?.ask;
  if (!path) return;
  try {
    done.textContent = WORDS[path](await call(path, {}));
  } catch (error) {
    done.textContent = `That did not work: ${error.message}`;
  }
});

show(await call("/state"));
setInterval(() => void call("/state").then(tellNews).catch(() => undefined), 2000);
