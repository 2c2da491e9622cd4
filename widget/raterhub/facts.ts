/**
 * All that is known about the markup of the rating pages: when the site changes it, change
 * this file. Where several selectors are listed, the first that finds something is used.
 */

/** Paths of the pages on www.raterhub.com. */
export const paths = {
  /** One task, or several at once: ?taskIds=1,2 */
  task: /^\/evaluation\/rater\/task\/show\/?$/,
  /** The list of tasks, which comes after a task that is done. */
  list: /^\/evaluation\/rater(?:\/task(?:\/index)?)?\/?$/,
} as const;

/** The parameter in the address of a task page that names its tasks. */
export const taskIdsParameter = "taskIds";

export const selectors = {
  /** Elements that contain only the estimate. */
  aet: [".ewok-task-action-header span.ewok-estimated-task-weight", "#ewok-estimated-task-time"],
  /** Elements with the estimate somewhere in their text. */
  aetWithin: [".ewok-rater-header"],
  taskIds: ["#taskIds"],
  /** Headings that name the type of the task and the device it is about. */
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

/** The server's limits for POST /events. */
export const limits = { aetText: 60, taskId: 100, taskType: 100 } as const;
