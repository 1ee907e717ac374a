import { createApp } from 'vue';

import App from './App.vue';
import { startBackend } from './state/backend';
import { resumeRide } from './state/ride_session';
import './style/fonts.css';
import './style/tokens.css';
import './style/base.css';

createApp(App).mount('#app');
void startBackend();
void resumeRide();
