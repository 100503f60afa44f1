// Sound from page to page by WebRTC, and one's own to the server in pieces. No server in between knows the first.

export class Connection {
  #peer = new RTCPeerConnection();
  #sending = Promise.resolve();
  #stream;
  #context;

  constructor(call, number) {
    this.call = call;
    this.number = number;
  }

  ask(path, body) {
    return fetch(path, { method: "POST", headers: { Call: this.call }, body });
  }

  async open(voice, meter) {
    this.#stream = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true } });
    for (const track of this.#stream.getTracks()) this.#peer.addTrack(track, this.#stream);
    this.#peer.addEventListener("icecandidate", ({ candidate }) => candidate && this.#signal({ candidate }));
    this.#peer.addEventListener("track", ({ streams: [stream] }) => {
      voice.srcObject = stream;
      this.#measure(stream, meter);
    });
    this.#context = new AudioContext({ sampleRate: 16000 });
    await this.#context.audioWorklet.addModule("/worklet.js");
    const pieces = new AudioWorkletNode(this.#context, "pieces", { numberOfOutputs: 0 });
    this.#context.createMediaStreamSource(this.#stream).connect(pieces);
    pieces.port.addEventListener("message", ({ data }) => {
      this.#sending = this.#sending.then(() => this.ask("/sound", data)).catch(() => undefined);
    });
    pieces.port.start();
  }

  async offer() {
    await this.#peer.setLocalDescription();
    this.#signal({ description: this.#peer.localDescription });
  }

  async hear({ description, candidate }) {
    if (candidate) await this.#peer.addIceCandidate(candidate);
    if (!description) return;
    await this.#peer.setRemoteDescription(description);
    if (description.type === "offer") await this.offer();
  }

  mute(muted) {
    for (const track of this.#stream.getAudioTracks()) track.enabled = !muted;
  }

  async close() {
    for (const track of this.#stream.getTracks()) track.stop();
    this.#peer.close();
    await this.#context.close();
    await this.#sending;
  }

  #signal(data) {
    void this.ask("/signal", JSON.stringify({ data }));
  }

  #measure(stream, meter) {
    const analyser = new AnalyserNode(this.#context);
    this.#context.createMediaStreamSource(stream).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    const look = () => {
      analyser.getFloatTimeDomainData(samples);
      meter.value = Math.min(1, 4 * Math.hypot(...samples) / Math.sqrt(samples.length));
      if (this.#context.state !== "closed") setTimeout(look, 100);
    };
    look();
  }
}
