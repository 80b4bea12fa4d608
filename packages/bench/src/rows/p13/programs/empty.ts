/** The least that a program written for Node costs. */
export {};
