package pgtest

// patroniConfig is a member's patroni.yml. The words in capitals are replaced. With Patroni's
// smallest times that work, a member that is gone is replaced after about ttl.
const patroniConfig = `scope: tracker
name: NAME
restapi: {listen: "REST", connect_address: "REST"}
etcd3: {host: "ETCD"}
bootstrap:
  dcs:
    ttl: 5
    loop_wait: 1
    retry_timeout: 2
    synchronous_mode: true
    postgresql:
      use_pg_rewind: true
      parameters: {max_connections: 200, wal_keep_size: 256MB, wal_retrieve_retry_interval: 200ms}
  initdb: [encoding: UTF8, auth: trust, no-locale, no-sync]
postgresql:
  listen: "POSTGRES"
  connect_address: "POSTGRES"
  data_dir: "DIR/data"
  bin_dir: "BIN"
  pgpass: "DIR/pgpass"
  authentication:
    superuser: {username: postgres}
    replication: {username: postgres}
    rewind: {username: postgres}
  pg_hba: ["host all all 127.0.0.1/32 trust", "host replication all 127.0.0.1/32 trust", "local all all trust"]
  parameters: {unix_socket_directories: "DIR"}
`

// proxyConfig is the haproxy.cfg. Its verbs are HAProxy's port, and for each member the ports of
// PostgreSQL and of Patroni's API, which says whether the member leads.
const proxyConfig = `global
  maxconn 500
defaults
  mode tcp
  timeout connect 1s
  timeout client 1h
  timeout server 1h
  timeout check 1s
listen leader
  bind 127.0.0.1:%d
  option httpchk OPTIONS /primary
  http-check expect status 200
  default-server inter 200ms fall 2 rise 1 on-marked-down shutdown-sessions
  server member1 127.0.0.1:%d check port %d
  server member2 127.0.0.1:%d check port %d
`
