# One image to serve, to import and to build models: docker build -t anime-recommendations .

# the full image brings the compiler that hnswlib needs; only the virtual environment leaves this stage
FROM python:3.11.15-trixie AS environment
# without -march=native the compiled index runs on any machine of this architecture
ENV HNSWLIB_NO_NATIVE=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /build
COPY requirements.txt requirements-build.txt ./
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --require-hashes -r requirements-build.txt \
    && /opt/venv/bin/pip install --no-cache-dir --require-hashes --no-build-isolation -r requirements.txt \
    && /opt/venv/bin/pip uninstall --yes pybind11 setuptools wheel

FROM node:22-trixie-slim AS web
WORKDIR /build
COPY frontend/package.json frontend/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY frontend .
RUN npm run build

FROM python:3.11.15-slim-trixie
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONPATH=/app \
    APP_ENV=production \
    HOST=0.0.0.0 \
    PORT=5000 \
    MODEL_DIR=/data/models
RUN groupadd --gid 10001 app \
    && useradd --uid 10001 --gid app --no-create-home --shell /usr/sbin/nologin app \
    && install --directory --owner app --group app /data /data/models
COPY --from=environment /opt/venv /opt/venv
WORKDIR /app
# what .dockerignore lets through, but for the sources of the web app
COPY app.py config.py gunicorn.conf.py ./
COPY api api
COPY db db
COPY curated curated
COPY domain domain
COPY evaluation evaluation
COPY events events
COPY experiments experiments
COPY gateway gateway
COPY ingest ingest
COPY profiling profiling
COPY recommender recommender
COPY scripts scripts
COPY serving serving
COPY --from=web /build/dist frontend/dist
RUN python -m compileall -q . \
    && python -m whitenoise.compress --quiet frontend/dist
# by number, so that Kubernetes can see that it is not root
USER 10001:10001
VOLUME /data
EXPOSE 5000
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/healthz', timeout=4)"]
CMD ["gunicorn", "-c", "gunicorn.conf.py", "app:create_app()"]
