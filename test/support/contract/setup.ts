import { afterAll, afterEach } from 'vitest';
import { complain, failOnComplaints } from './complaints.ts';
import { watchResponses } from './watch.ts';

// Vitest loads this before each test file: a response that is not as the document says fails the test it came in.
afterAll(watchResponses(complain));
afterEach(failOnComplaints);
afterAll(failOnComplaints);
