{{- define "horizon.settings" -}}
#!/bin/bash
# Horizon takes its settings from a module of its own.
set -e
home=$(python3 -c 'import importlib.util; print(importlib.util.find_spec("openstack_dashboard").submodule_search_locations[0])')
ln -sf /etc/horizon/local_settings.py "$home/local/local_settings.py"
export DJANGO_SETTINGS_MODULE=openstack_dashboard.settings
{{- end -}}

{{- define "horizon.db_sync" -}}
{{ include "horizon.settings" . }}
exec django-admin migrate --noinput
{{- end -}}

{{- define "horizon.start" -}}
{{ include "horizon.settings" . }}
# What a browser fetches, and style sheets made of their sources: what serves makes none.
django-admin collectstatic --noinput --verbosity 0
django-admin compress --force --verbosity 0
exec uwsgi --ini /etc/horizon/horizon-uwsgi.ini
{{- end -}}

{{- define "horizon.local_settings" -}}
{{- $config := .Values.conf.horizon.local_settings.config -}}
{{- $database := index .Values.endpoints.oslo_db.auth "horizon" -}}
import pymysql

# Django takes no other driver, and this one only in the versions of that one.
pymysql.version_info = (2, 2, 4, 'final', 0)
pymysql.install_as_MySQLdb()

DEBUG = {{ $config.debug }}
WEBROOT = '/'
ALLOWED_HOSTS = {{ toJson $config.allowed_hosts }}
SECRET_KEY = {{ toJson $config.horizon_secret_key }}
STATIC_ROOT = '/var/www/html/horizon'
COMPRESS_OFFLINE = True
OPENSTACK_KEYSTONE_URL = {{ include "toolkit.url" (list . "identity" "internal" "api") | toJson }}
OPENSTACK_KEYSTONE_MULTIDOMAIN_SUPPORT = {{ $config.keystone_multidomain_support }}
OPENSTACK_KEYSTONE_DEFAULT_DOMAIN = {{ toJson $config.keystone_default_domain }}
OPENSTACK_ENDPOINT_TYPE = {{ toJson $config.endpoint_type }}
SESSION_ENGINE = 'django.contrib.sessions.backends.cache'
CACHES = {
    'default': {
        'BACKEND': 'django.core.cache.backends.memcached.PyMemcacheCache',
        'LOCATION': {{ include "toolkit.cache" . | toJson }},
    },
}
DATABASES = {
    'default': {
        'ENGINE': 'django.db.backends.mysql',
        'NAME': {{ trimPrefix "/" .Values.endpoints.oslo_db.path | toJson }},
        'USER': {{ toJson $database.username }},
        'PASSWORD': {{ toJson $database.password }},
        'HOST': {{ include "toolkit.host" (list . "oslo_db" "internal") | toJson }},
        'PORT': {{ include "toolkit.port" (list . "oslo_db" "internal" "mysql") | toJson }},
    },
}
DEFAULT_AUTO_FIELD = 'django.db.models.AutoField'
{{- range $option, $value := $config.raw }}
{{ $option }} = {{ toJson $value }}
{{- end }}
{{- end -}}
