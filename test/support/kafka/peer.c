/*
 * Brokers that speak Kafka's protocol on this machine, in memory: the mock cluster that librdkafka brings for its own
 * tests. Prints their addresses, then obeys a line at a time and answers each with one:
 *   topic NAME PARTITIONS     down ID     up ID     rtt ID MS     leader TOPIC PARTITION ID     error API-KEY CODE COUNT
 *   refuse TOPIC CODE, where its metadata are asked for
 * Versions of APIs are capped where the mock cannot read what it says that it can, or says it wrongly.
 */
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <stdio.h>

#define BROKERS 3
/* API keys of the protocol. */
enum { LIST_OFFSETS = 2, JOIN_GROUP = 11, HEARTBEAT = 12, LEAVE_GROUP = 13, SYNC_GROUP = 14, INIT_PRODUCER_ID = 22 };

static const int16_t CAPS[][2] = {
    {LIST_OFFSETS, 1}, {JOIN_GROUP, 5}, {HEARTBEAT, 3}, {LEAVE_GROUP, 1}, {SYNC_GROUP, 3}, {INIT_PRODUCER_ID, 1},
};

static rd_kafka_resp_err_t obey(rd_kafka_mock_cluster_t *cluster, const char *line) {
  char topic[250];
  int a, b, n;
  if (sscanf(line, "topic %249s %d", topic, &a) == 2)
    return rd_kafka_mock_topic_create(cluster, topic, a, BROKERS);
  if (sscanf(line, "down %d", &a) == 1) return rd_kafka_mock_broker_set_down(cluster, a);
  if (sscanf(line, "up %d", &a) == 1) return rd_kafka_mock_broker_set_up(cluster, a);
  if (sscanf(line, "rtt %d %d", &a, &b) == 2) return rd_kafka_mock_broker_set_rtt(cluster, a, b);
  if (sscanf(line, "leader %249s %d %d", topic, &a, &b) == 3)
    return rd_kafka_mock_partition_set_leader(cluster, topic, a, b);
  if (sscanf(line, "refuse %249s %d", topic, &a) == 2) {
    rd_kafka_mock_topic_set_error(cluster, topic, (rd_kafka_resp_err_t)a);
    return RD_KAFKA_RESP_ERR_NO_ERROR;
  }
  if (sscanf(line, "error %d %d %d", &a, &b, &n) == 3) {
    while (n-- > 0) rd_kafka_mock_push_request_errors(cluster, (int16_t)a, 1, (rd_kafka_resp_err_t)b);
    return RD_KAFKA_RESP_ERR_NO_ERROR;
  }
  return RD_KAFKA_RESP_ERR__INVALID_ARG;
}

int main(void) {
  char error[512], line[512];
  rd_kafka_t *handle = rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), error, sizeof error);
  if (!handle) {
    fprintf(stderr, "%s\n", error);
    return 1;
  }
  rd_kafka_mock_cluster_t *cluster = rd_kafka_mock_cluster_new(handle, BROKERS);
  for (size_t i = 0; i < sizeof CAPS / sizeof *CAPS; i++)
    rd_kafka_mock_set_apiversion(cluster, CAPS[i][0], 0, CAPS[i][1]);
  printf("%s\n", rd_kafka_mock_cluster_bootstraps(cluster));
  fflush(stdout);
  while (fgets(line, sizeof line, stdin)) {
    printf("%s\n", rd_kafka_err2name(obey(cluster, line)));
    fflush(stdout);
  }
  rd_kafka_mock_cluster_destroy(cluster);
  rd_kafka_destroy(handle);
  return 0;
}
