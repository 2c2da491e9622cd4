/**
 * What is known of the rating pages, all of it in this file: when the site changes its
 * markup, this is what to change. Where several selectors are listed, the first that
 * finds something is taken.
 */

/** Paths of the pages on www.raterhub.com. */
export const paths = {
  /** One task, or several at once: ?taskIds=1,2 */
  task: /^\/evaluation\/rater\/task\/show\/?$/,
  /** What is there to do; a rater lands here when a task is done. */
  list: /^\/evaluation\/rater(?:\/task(?:\/index)?)?\/?$/,
} as const;

/** The parameter of a task page's address that names its tasks. */
export const taskIdsParameter = "taskIds";

export const selectors = {
  /** Elements that hold the estimate and nothing else. */
  aet: [".ewok-task-action-header span.ewok-estimated-task-weight", "#ewok-estimated-task-time"],
  /** Elements that have the estimate somewhere in their text. */
  aetWithin: [".ewok-rater-header"],
  taskIds: ["#taskIds"],
  /** Headings that name the type of the task and the surface it is shown on. */
  taskType: [
    ".ewok-task-action-header :is(h1, h2, h3, h4, h5, h6)",
    ".ewok-rater-header h1",
  ],
  form: ["#ewok-task-form"],
  submit: ["#ewok-task-submit-button"],
  submitAndStop: ["#ewok-task-submit-done-button"],
  /** Buttons that leave the task without an answer. */
  leave: ["#ewok-task-cancel-button", ".ewok-release-buttons button"],
  /** What a failed validation shows; some types of task have no list. */
  errors: ["#ewok-errors-list li", ".ewok-error-field"],
} as const;

/** Limits of the server for what is sent (POST /events). */
export const limits = { aetText: 60, taskId: 100, taskType: 100 } as const;
