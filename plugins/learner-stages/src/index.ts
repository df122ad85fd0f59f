/** Training stages as a learner: supervised, reinforcement, preference and distillation training as runs. */
export { stages } from "./Stages.ts"
