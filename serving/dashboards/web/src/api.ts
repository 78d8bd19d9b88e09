// Questions to the service; every one names the run, so that all see one cut.

import type {
  ChannelsAnswer,
  CutAnswer,
  DayAnswer,
  FreshnessAnswer,
  IntakeAnswer,
  Problem,
  TrendAnswer,
} from "./api_types";

export class Refusal extends Error {
  constructor(
    readonly code: string,
    readonly detail: string,
  ) {
    super(`${code}: ${detail}`);
  }
}

async function ask<Answer>(question: string, values: Record<string, string | number> = {}): Promise<Answer> {
  const query = new URLSearchParams(
    Object.entries(values).map(([name, value]) => [name, String(value)]),
  );
  let response: Response;
  try {
    response = await fetch(`api/v1/${question}?${query}`);
  } catch {
    throw new Refusal("unreachable", "");
  }
  if (response.ok) return (await response.json()) as Answer;
  const problem = (await response.json().catch(() => ({}))) as Partial<Problem>;
  throw new Refusal(problem.code ?? String(response.status), String(problem.detail ?? ""));
}

export const askCut = () => ask<CutAnswer>("cut");
export const askDay = (run: number, day: string) => ask<DayAnswer>("day", { run, day });
export const askChannels = (run: number, day: string) => ask<ChannelsAnswer>("channels", { run, day });
export const askTrend = (run: number, until: string, days: number) =>
  ask<TrendAnswer>("trend", { run, until, days });
export const askFreshness = (run: number) => ask<FreshnessAnswer>("freshness", { run });
export const askIntake = (run: number) => ask<IntakeAnswer>("intake", { run });

/** Whether the token was right; the session is a cookie that scripts cannot read. */
export async function signIn(token: string): Promise<boolean> {
  const response = await fetch("api/v1/session", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ token }),
  });
  return response.ok;
}
