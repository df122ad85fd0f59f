/** Every seed of a run group as a dot on a scale, with mean and interval: how far seeds scatter is seen before any average is believed. */
import { number } from "../../format.ts"
import { type Group, statOf } from "./groups.ts"

export const Strip = ({
  group,
  scale,
  width = 168
}: {
  readonly group: Group
  readonly scale: readonly [number, number]
  readonly width?: number
}) => {
  const [low, high] = scale
  const x = (value: number) => 4 + ((Math.max(low, Math.min(high, value)) - low) / (high - low)) * (width - 8)
  const { members, primary_metric: metric, score } = group
  const stat = statOf(group)
  const words =
    stat === null
      ? `no mean yet: ${"insufficient" in score ? score.insufficient : ""}; seeds ${members.map((member) => number(member.score)).join(", ")}`
      : `${metric ?? "score"}: mean ${number(stat.mean)} of ${stat.n} ${stat.n === 1 ? "seed" : "seeds"}${
          stat.interval === null
            ? ""
            : `, ${Math.round(stat.interval.level * 100)} % interval ${number(stat.interval.low)} to ${number(stat.interval.high)}`
        }; seeds ${members.map((member) => number(member.score)).join(", ")}`
  return (
    <svg class="strip-plot" role="img" aria-label={words} viewBox={`0 0 ${width} 22`} width={width} height={22}>
      <title>{words}</title>
      <line class="strip-axis" x1={4} x2={width - 4} y1={11} y2={11} />
      {stat === null || stat.interval === null ? null : (
        <rect
          class="strip-interval"
          x={x(stat.interval.low)}
          width={Math.max(1, x(stat.interval.high) - x(stat.interval.low))}
          y={7}
          height={8}
          rx={2}
        />
      )}
      {members.map((member) =>
        member.score === null ? null : <circle key={member.run_id} class="strip-seed" cx={x(member.score)} cy={11} r={3} />
      )}
      {stat === null ? null : <line class="strip-mean" x1={x(stat.mean)} x2={x(stat.mean)} y1={3} y2={19} />}
    </svg>
  )
}
