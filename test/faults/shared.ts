/** The small project and its scenes, which cost more than most trials: the same for all that a test file brings together. */
import { scenesOf } from "./scenes.js";
import { ward } from "./ward.js";

export const w = ward();
export const sceneOf = scenesOf(w);
