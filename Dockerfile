# The image is the static binary and nothing else; build it first with `make release`.
FROM scratch
COPY bin/raterhub-tracker /raterhub-tracker
# No passwd file is needed: a number is a user. /data is the place for a SQLite file.
USER 65532:65532
WORKDIR /data
VOLUME /data
ENV LISTEN=0.0.0.0:8000 \
    DATABASE_URL=sqlite:////data/app.db \
    TMPDIR=/data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=6s --start-period=10s --retries=3 \
  CMD ["/raterhub-tracker", "healthcheck"]
ENTRYPOINT ["/raterhub-tracker"]
CMD ["serve"]
