/**
 * What runs by itself: when schedules come due, the code of a git reference in a worktree of its own, and telling people how
 * a run ended. What must stay true: nobody's working tree is touched, no worktree outlives the run, and no address of a
 * channel is ever shown.
 */
export { type Due, nextDue, nextOf } from "./due.js";
export { findSchedule, type Named, namedSchedules } from "./find.js";
export { type CodeVersion, commitAt, hasChanges, headOf, repositoryOf } from "./git.js";
export { notify, type Patience, type Told } from "./notify.js";
export { type Ended, type RunReport, reportOf } from "./report.js";
export { selectionOf, unusedTags } from "./selection.js";
export { type DeployedTask, type TaskOptions, type TaskStep, taskOf, taskSteps } from "./tasks.js";
export { openWorktree, type Worktree } from "./worktree.js";
