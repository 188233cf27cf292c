import type { Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import {
  DashboardLinkBuilder,
  DashboardLinkType,
  TextBoxVariableBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as TextBuilder, TextMode } from '@grafana/grafana-foundation-sdk/text';
import { dashboard } from '../kit/dashboard.ts';
import { JAEGER, lines, runbookLink } from '../kit/panels.ts';

const RUNBOOK = 'one-order.md';

/** A search of Grafana's Jaeger source, which the SDK has no type of. */
interface JaegerSearch extends Dataquery {
  readonly refId: string;
  readonly datasource: typeof JAEGER;
  readonly queryType: 'search';
  readonly service: string;
  readonly tags: string;
  readonly limit: number;
}

const search: JaegerSearch = {
  refId: 'A',
  datasource: JAEGER,
  queryType: 'search',
  service: 'mainstay',
  tags: 'mainstay.correlation.id="$correlation_id"',
  limit: 50,
  _implementsDataqueryVariant() {},
};

const steps = [
  '### From a correlation id to the step that failed',
  '',
  '1. Write the id into the box above: a customer has it on the error page, a program in `x-correlation-id`.',
  '2. The table has the traces of the request and of the jobs it caused. A click on one opens its spans; failed ones are red.',
  '3. [The order in the console]($shop/admin/story?q=$correlation_id) has what was committed: events, payments, webhooks, jobs.',
  '4. The log lines of the id: `grep \'"correlationId":"$correlation_id"\'` in what the processes print. Each has its `trace_id`.',
  '',
  'No trace? One of ten is kept, and each that failed or took longer than a second. The console has all orders.',
].join('\n');

/** From the correlation id of one order to its traces, its log lines and its page in the console. */
export const order = dashboard(
  {
    uid: 'order',
    title: 'one order’s path',
    description:
      'From a correlation id to the traces of the request and its jobs, and to the order in the console.',
  },
  {
    'What to do': [
      new TextBuilder()
        .title('From a correlation id')
        .description('The way that the runbook tells in full.')
        .links([runbookLink(RUNBOOK)])
        .mode(TextMode.Markdown)
        .content(steps)
        .height(7)
        .span(24),
    ],
    Traces: [
      new TableBuilder()
        .title('Traces of $correlation_id')
        .description('Of the request, and of each job that it caused.')
        .unit('short')
        .datasource(JAEGER)
        .links([runbookLink(RUNBOOK)])
        .withTarget({ build: () => search })
        .height(10)
        .span(24),
    ],
    'What else went wrong at the time': [
      lines({
        title: 'Failures per second, by route',
        description: 'Was it this order alone?',
        unit: 'reqps',
        runbook: 'requests-fail-or-crawl.md#failing-requests',
        queries: {
          '{{method}} {{route}}':
            'sum by (method, route) (rate(http_requests_total{status=~"5.."}[$__rate_interval])) or on () vector(0)',
        },
      }),
      lines({
        title: 'State of circuits',
        description: '0 closed, 1 half open, 2 open.',
        unit: 'short',
        runbook: 'stripe-unreachable.md',
        queries: { '{{dependency}}': 'max by (dependency) (dependency_circuit_state)' },
        max: 2,
      }),
    ],
  },
  (builder) =>
    builder
      .withVariable(
        new TextBoxVariableBuilder('correlation_id').label('Correlation id').defaultValue(''),
      )
      .withVariable(
        new TextBoxVariableBuilder('shop').label('The shop').defaultValue('http://localhost:5004'),
      )
      .link(
        new DashboardLinkBuilder('This id in the console')
          .type(DashboardLinkType.Link)
          .url('$shop/admin/story?q=$correlation_id')
          .targetBlank(true),
      ),
);
