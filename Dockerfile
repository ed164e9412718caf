# One image, three roles: web, worker, scheduler (see compose.yaml).
FROM python:3.12-slim-bookworm
RUN apt-get update \
    && apt-get install -y --no-install-recommends ffmpeg libchromaprint1 \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /srv/soundcheck
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY . .
RUN useradd --system --create-home soundcheck \
    && mkdir -p /data && chown soundcheck /data \
    && SOUNDCHECK_DATA=/tmp/build python manage.py collectstatic --no-input
USER soundcheck
ENV SOUNDCHECK_DATA=/data EMBEDDED=0
VOLUME /data
EXPOSE 8000
CMD ["gunicorn", "config.wsgi", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--threads", "8", "--timeout", "120"]
