// The overview page: one cut, one day, two languages.

import { askChannels, askCut, askDay, askFreshness, askIntake, askTrend, Refusal, signIn } from "./api";
import type { CutAnswer } from "./api_types";
import { clearCharts, fitCharts, fitChartsToPaper } from "./charts";
import { make } from "./dom";
import type { Child } from "./dom";
import { Format } from "./format";
import type { Language } from "./format";
import { note, section, showChannels, showDay, showFreshness, showIntake, showNotices, showTrend } from "./sections";
import type { Reader } from "./sections";
import { WORDS } from "./words";

const TREND_DAYS = 30;
const page = document.getElementById("page") as HTMLElement;

interface Wish {
  language: Language;
  day: string | null;
}

function readWish(): Wish {
  const query = new URLSearchParams(location.search);
  return { language: query.get("lang") === "en" ? "en" : "vi", day: query.get("day") };
}

function wishFor(change: Partial<Wish>): void {
  const wish = { ...readWish(), ...change };
  const query = new URLSearchParams();
  if (wish.day !== null) query.set("day", wish.day);
  if (wish.language !== "vi") query.set("lang", wish.language);
  const text = query.toString();
  history.pushState(null, "", text ? `?${text}` : location.pathname);
  void show();
}

function makeButton(text: string, act: () => void, isOff = false): HTMLElement {
  const button = make("button", { type: "button" }, text) as HTMLButtonElement;
  button.disabled = isOff;
  button.addEventListener("click", act);
  return button;
}

function showHead(reader: Reader, cut: CutAnswer | null, day: string | null): HTMLElement {
  const { words, format } = reader;
  const tools: Child[] = [];
  if (cut !== null && day !== null) tools.push(...dayTools(reader, cut.days, day));
  tools.push(
    makeButton(words.otherLanguage, () => wishFor({ language: format.language === "vi" ? "en" : "vi" })),
    makeButton(words.print, () => window.print()),
  );
  return make(
    "header",
    {},
    make("a", { class: "skip", href: "#content" }, words.skip),
    make("p", { class: "organisation" }, words.organisation),
    make("h1", {}, words.title),
    cut === null ? null : make("p", { class: "cut" }, words.cut(format.count(cut.run_seq), format.time(cut.made_at))),
    make("div", { class: "tools" }, ...tools),
  );
}

function dayTools({ words, format }: Reader, days: string[], day: string): Child[] {
  const choice = make("select", { id: "chosen-day" }) as HTMLSelectElement;
  for (const one of days) {
    const option = make("option", { value: one }, format.date(one)) as HTMLOptionElement;
    option.selected = one === day;
    choice.append(option);
  }
  choice.addEventListener("change", () => wishFor({ day: choice.value }));
  const place = days.indexOf(day);
  const step = (to: number) => () => wishFor({ day: days[to] ?? day });
  return [
    make("label", { for: "chosen-day" }, words.day),
    choice,
    makeButton(`← ${words.previousDay}`, step(place + 1), place + 1 >= days.length),
    makeButton(`${words.nextDay} →`, step(place - 1), place <= 0),
    makeButton(words.newestDay, () => wishFor({ day: null }), place === 0),
  ];
}

function explain({ words }: Reader, error: unknown): HTMLElement {
  if (!(error instanceof Refusal)) throw error;
  const text = words.problems[error.code] ?? `${error.code}: ${error.detail}`;
  return make("p", { class: "warning", "data-problem": error.code }, text);
}

/** One part of the page; what it cannot show, it explains in its own place. */
async function part(reader: Reader, id: string, title: string, fill: () => Promise<HTMLElement>): Promise<HTMLElement> {
  try {
    return await fill();
  } catch (error) {
    return section(id, title, explain(reader, error));
  }
}

async function fillPage(reader: Reader, cut: CutAnswer, day: string): Promise<HTMLElement[]> {
  const { words } = reader;
  const run = cut.run_seq;
  const channels = askChannels(run, day);
  const trend = askTrend(run, day, TREND_DAYS);
  // Asked at once, awaited in their parts: a refusal is shown there.
  const caps = channels.then((answer) => answer.caps).catch(() => []);
  trend.catch(() => undefined);
  return Promise.all([
    part(reader, "day", words.dayTable, async () => showDay(reader, await askDay(run, day))),
    part(reader, "channels", words.channels, async () => showChannels(reader, await channels)),
    part(reader, "trend", words.trend(String(TREND_DAYS)), async () => showTrend(reader, await trend, await caps)),
    part(reader, "intake", words.intake, async () => showIntake(reader, await askIntake(run))),
    part(reader, "freshness", words.freshness, async () => showFreshness(reader, await askFreshness(run))),
  ]);
}

let newest = 0;

async function show(): Promise<void> {
  const asked = ++newest;
  const wish = readWish();
  const reader: Reader = { words: WORDS[wish.language], format: new Format(wish.language) };
  document.documentElement.lang = wish.language;
  document.title = reader.words.title;
  document.body.dataset.state = "loading";
  let head: HTMLElement;
  let parts: HTMLElement[];
  try {
    const cut = await askCut();
    const day = wish.day ?? cut.newest_date;
    head = showHead(reader, cut, day);
    parts = [showNotices(reader, cut)];
    if (day !== null) {
      if (day === cut.newest_date) parts.push(note(reader.words.partial));
      clearCharts();
      parts.push(...(await fillPage(reader, cut, day)));
    }
  } catch (error) {
    head = showHead(reader, null, null);
    parts = [explain(reader, error)];
    if (error instanceof Refusal && error.code === "no_token") parts.push(signInForm(reader));
  }
  if (asked !== newest) return;
  page.replaceChildren(head, make("main", { id: "content", tabindex: "-1" }, ...parts));
  fitCharts();
  document.body.dataset.state = "ready";
  performance.mark("ready");
}

function signInForm({ words }: Reader): HTMLElement {
  const field = make("input", { id: "token", type: "password", autocomplete: "current-password", required: "" });
  const answer = make("p", { role: "alert" });
  const form = make(
    "form",
    { class: "sign-in" },
    make("label", { for: "token" }, words.token),
    field,
    make("button", { type: "submit" }, words.signIn),
    answer,
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void signIn((field as HTMLInputElement).value).then((isRight) => {
      if (isRight) void show();
      else answer.textContent = words.wrongToken;
    });
  });
  return form;
}

window.addEventListener("popstate", () => void show());
window.addEventListener("resize", fitCharts);
window.addEventListener("beforeprint", fitChartsToPaper);
window.addEventListener("afterprint", fitCharts);
void show();
