// The page's own part: the recorder and the question are Fairhearing's elements, everything else is a fetch.

const asking = document.getElementById("asking");
const reply = document.getElementById("reply");
const done = document.getElementById("done");
const news = document.getElementById("news");
const mine = document.getElementById("mine");

async function call(path, body) {
  const how = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
  const answer = await fetch(path, how);
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
  return answer.json();
}

const NOTICE = `People listen to your recordings to check what Kettle understood. They work for Tarn Listening in Ireland.
  Before each clip you are asked whether a person hears it; what identifies you is taken out first.
  Kettle works just as well if you say no.`;

function show(state) {
  asking.innerHTML = `<fairhearing-recorder upload-url="/voice" queue="kettle">
    <fairhearing-consent notice="${state.notice}"${state.answer ? ` answer="${state.answer}"` : ""}><p>${NOTICE}</p></fairhearing-consent>
  </fairhearing-recorder>`;
}

async function tell() {
  const state = await call("/state");
  news.replaceChildren(...state.news.map((words) => Object.assign(document.createElement("li"), { textContent: words })));
}

document.addEventListener("fairhearing-consent", async (event) => {
  try {
    await call("/consent", event.detail);
    done.textContent = event.detail.human_review ? "You said yes: people listen." : "You said no: nobody listens.";
  } catch (error) {
    done.textContent = `Your answer was not kept: ${error.message}`;
  }
});

document.addEventListener("fairhearing-sent", async (event) => {
  const answer = await event.detail.response.json();
  reply.textContent = answer.reply;
});

// What begins so and holds no “computer” is an accidental activation: the server says that it was not for it.
document.getElementById("listen").addEventListener("click", () => {
  reply.textContent = "";
  document.querySelector("fairhearing-recorder").start({ trigger: "wake_word", wake_word: "computer" });
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
    if (path === "/withdraw") show(await call("/state"));
  } catch (error) {
    done.textContent = `That did not work: ${error.message}`;
  }
});

show(await call("/state"));
await tell();
setInterval(() => void tell().catch(() => undefined), 2000);
