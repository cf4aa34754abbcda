import { trained } from "./testing/trained.ts";

trained("sms-textcnn", "sms-spam");
