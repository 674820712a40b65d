"""Signs in to a dashboard as a browser does: URL USER PASSWORD. Prints where that leads to, then the page."""
import re
import sys

import requests

url, user, password = sys.argv[1:]
browser = requests.Session()
form = browser.get(url, timeout=120)
form.raise_for_status()
hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form.text))
login = {'auth_type': 'credentials', 'domain': 'Default', 'username': user, 'password': password, 'next': '/identity/'}
page = browser.post(form.url, {**hidden, **login}, headers={'Referer': form.url}, timeout=120)
page.raise_for_status()
for style in re.findall(r'href="(/static/[^"]+\.css)"', form.text):
    browser.get(f'{url.rstrip("/")}{style}', timeout=120).raise_for_status()
    print('style', style)
print('page', page.url)
print(page.text)
