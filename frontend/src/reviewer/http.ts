/** Requests to our own server, and the ways in which they fail. */
import type { ProblemDocument } from "./contract";
import { clock } from "./clock";

/** The server answered, and the answer is no. */
export class Refused extends Error {
  readonly status: number;
  readonly reasons: readonly string[];
  readonly title: string;

  constructor(status: number, problem: ProblemDocument) {
    super(problem.detail ?? problem.title ?? "");
    this.status = status;
    this.reasons = problem.reasons ?? [];
    this.title = problem.title ?? "";
  }
}

/** No answer came: the connection is lost, or the server is down. */
export class Unreachable extends Error {}

/** The session is over: whoever sits here has to sign in again. */
export class SignedOut extends Error {}

const PATIENCE_MS = 20_000;

function csrfToken(): string | null {
  const found = document.cookie.split("; ").find((pair) => pair.startsWith("csrftoken="));
  return found ? decodeURIComponent(found.slice("csrftoken=".length)) : null;
}

async function problemOf(response: Response): Promise<ProblemDocument> {
  if (!(response.headers.get("content-type") ?? "").includes("json")) return {};
  try {
    return (await response.json()) as ProblemDocument;
  } catch {
    return {};
  }
}

async function send(url: string, init: RequestInit): Promise<Response> {
  const late = AbortSignal.timeout(PATIENCE_MS);
  let response: Response;
  try {
    response = await fetch(url, {
      ...init,
      credentials: "same-origin",
      cache: "no-store",
      redirect: "manual",
      signal: init.signal ? AbortSignal.any([late, init.signal]) : late,
    });
  } catch {
    throw new Unreachable();
  }
  clock.learn(response.headers.get("date"));
  if (response.type === "opaqueredirect" || response.status === 401) throw new SignedOut();
  if (!response.ok) throw new Refused(response.status, await problemOf(response));
  return response;
}

async function json<T>(method: "GET" | "POST" | "PUT", url: string, body?: object, keepalive = false): Promise<T | null> {
  const headers: Record<string, string> = { "Content-Type": "application/json", Accept: "application/json" };
  const token = csrfToken();
  if (token !== null) headers["X-CSRFToken"] = token;
  const response = await send(url, { method, headers, keepalive, ...(body && { body: JSON.stringify(body) }) });
  if (response.status === 204) return null;
  try {
    return (await response.json()) as T;
  } catch {
    throw new Unreachable(); // cut off on the way
  }
}

/** POSTs JSON; `null` stands for an answer without content. */
export function post<T>(url: string, body: object): Promise<T | null> {
  return json<T>("POST", url, body);
}

/** The same for what must arrive though the page is closed meanwhile. */
export function postLasting<T>(url: string, body: object): Promise<T | null> {
  return json<T>("POST", url, body, true);
}

export function put<T>(url: string, body: object): Promise<T | null> {
  return json<T>("PUT", url, body, true);
}

export function get<T>(url: string): Promise<T | null> {
  return json<T>("GET", url);
}

export async function bytes(url: string, stop: AbortSignal): Promise<ArrayBuffer> {
  const response = await send(url, { method: "GET", signal: stop });
  try {
    return await response.arrayBuffer();
  } catch {
    throw new Unreachable();
  }
}
