import "./panel.css";
import "./page.css";
