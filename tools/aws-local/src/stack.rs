//! The whole stack behind one address.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Request, Response};

use crate::calls::{Call, Recorder, Service};
use crate::cloudwatch::CloudWatch;
use crate::dynamodb::{self, DynamoDb, TablesError};
use crate::ecs::Ecs;
use crate::eventbridge::EventBridge;
use crate::fault::{Fault, Faults, Hangs};
use crate::host::{Host, bind, serve};
use crate::kms::{KeysError, Kms};
use crate::lambda::{Destinations, Functions, Settings};
use crate::logs::Logs;
use crate::rows::Rows;
use crate::s3::S3;
use crate::secretsmanager::{EverHeld, OpenError, SecretsManager};
use crate::sns::{Published, Sns};
use crate::sqs::Sqs;
use crate::template::{Plan, TemplateError};
use crate::wire::{ServiceError, answer};

/// Where data lives.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Data {
    /// In memory; gone with the stack.
    #[default]
    Memory,
    /// In this folder, which is created. Tables, keys, secrets and objects survive; messages and tasks
    /// do not.
    Dir(PathBuf),
}

/// What to start.
#[derive(Clone, Debug)]
pub struct StackOptions {
    /// The template that says what exists.
    pub template: PathBuf,
    /// Values that go before the template's defaults, such as `TablePrefix`.
    pub parameters: BTreeMap<String, String>,
    /// Where data lives.
    pub data: Data,
    /// The port on loopback; 0 takes a free one.
    pub port: u16,
}

/// Why a stack did not start.
#[derive(Debug, thiserror::Error)]
pub enum StackError {
    /// The template cannot be used.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// The tables could not be made ready.
    #[error(transparent)]
    Tables(#[from] TablesError),
    /// The keys could not be made ready.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// The secrets could not be made ready.
    #[error(transparent)]
    Secrets(#[from] OpenError),
    /// No port, no thread or no folder.
    #[error("cannot start the local stack")]
    Io(#[from] std::io::Error),
}

/// Running emulators. Dropping it ends them.
#[derive(Debug)]
pub struct Stack {
    address: SocketAddr,
    services: Arc<Services>,
    rows: Rows,
    hangs: Hangs,
    _host: Host,
}

#[derive(Debug)]
struct Services {
    dynamodb: DynamoDb,
    eventbridge: EventBridge,
    sqs: Arc<Sqs>,
    sns: Arc<Sns>,
    cloudwatch: Arc<CloudWatch>,
    kms: Arc<Kms>,
    secrets: Arc<SecretsManager>,
    s3: S3,
    ecs: Ecs,
    functions: Arc<Functions>,
    logs: Logs,
    calls: Recorder,
}

/// More than any service takes.
const MAX_RECORDED: usize = 17 * 1024 * 1024;

impl Stack {
    /// Reads the template, creates what it asks for and serves it. Needs no runtime of the caller.
    pub fn start(options: &StackOptions) -> Result<Self, StackError> {
        let plan = Plan::load(&options.template, &options.parameters)?;
        Self::start_plan(&plan, &options.data, options.port)
    }

    /// Like [`Self::start`], from a template that has been read already.
    pub fn start_plan(plan: &Plan, data: &Data, port: u16) -> Result<Self, StackError> {
        if let Data::Dir(folder) = data {
            std::fs::create_dir_all(folder)?;
        }
        let database = dynamodb::open(data.file("dynamodb.sqlite").as_deref(), &plan.tables)?;
        let rows = Rows::new(database.clone());
        let (listener, address) = bind(port)?;
        let (inner, upstream) = bind(0)?;
        let sqs = Arc::new(Sqs::new(&plan.queues, address));
        let kms = Arc::new(Kms::open(data.file("keys.json"), &plan.keys, &plan.aliases)?);
        let functions = Arc::new(Functions::new(
            Arc::new(Settings::new(&plan.functions)),
            Destinations::new(&plan.functions, Arc::clone(&sqs)),
        ));
        let (keys, rotating) = (Arc::clone(&kms), Arc::clone(&functions));
        let sns = Arc::new(Sns::new(&plan.topics, Arc::clone(&sqs), Arc::clone(&functions)));
        let cloudwatch = Arc::new(CloudWatch::new(&plan.alarms, Arc::clone(&sns), Arc::clone(&sqs)));
        let metrics = Arc::downgrade(&cloudwatch);
        // Weak, or these two would keep each other.
        functions.watch(move |invoked| {
            if let Some(metrics) = metrics.upgrade() {
                metrics.invoked(invoked);
            }
        });
        let services = Arc::new(Services {
            dynamodb: DynamoDb::new(upstream, &plan.tables),
            eventbridge: EventBridge::new(&plan.functions),
            sns,
            cloudwatch,
            sqs,
            kms,
            secrets: Arc::new(SecretsManager::open(
                data.file("secrets.json"),
                &plan.secrets,
                keys,
                rotating,
            )?),
            s3: S3::open(data.file("s3").as_deref(), &plan.buckets)?,
            ecs: Ecs::new(&plan.clusters, &plan.tasks, address),
            functions,
            logs: Logs::new(&plan.log_groups),
            calls: Recorder::default(),
        });
        let hangs = Hangs::default();
        services.faults().into_iter().for_each(|faults| faults.tell(hangs.clone()));
        let router = Router::new().fallback(route).with_state(Arc::clone(&services));
        let host = Host::spawn("aws-local", move || async move {
            let Ok(inner) = tokio::net::TcpListener::from_std(inner) else { return };
            tokio::join!(dynoxide::server::serve_on(inner, database), serve(listener, router));
        })?;
        Ok(Self { address, services, rows, hangs, _host: host })
    }

    /// The address of every service, for `AWS_ENDPOINT_URL`.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The tasks, and what they run.
    pub fn ecs(&self) -> &Ecs {
        &self.services.ecs
    }

    /// The functions that can be invoked.
    pub fn functions(&self) -> &Functions {
        &self.services.functions
    }

    /// The alarms, and what they look at.
    pub fn cloudwatch(&self) -> &CloudWatch {
        &self.services.cloudwatch
    }

    /// Whether a rule of `EventBridge`'s is there and on.
    pub fn rule_is_on(&self, rule: &str) -> bool {
        self.services.eventbridge.is_on(rule)
    }

    /// Whoever takes messages of the queue of this name for a function asks it before each look.
    pub fn intake(&self, queue: &str) -> Intake {
        Intake { settings: Arc::clone(self.services.functions.settings()), queue: queue.to_owned() }
    }

    /// Every `DynamoDB` call from now on meets `fault`.
    pub fn set_fault(&self, fault: Fault) {
        self.services.dynamodb.faults().set(fault);
    }

    /// The next `times` calls of the operation of `DynamoDB`, Secrets Manager, SQS, SNS, KMS, S3, ECS, `EventBridge`,
    /// `CloudWatch` Logs or of Lambda's settings (such as `PutObject` or `Publish`) meet `fault`.
    pub fn fault_next(&self, operation: &str, fault: Fault, times: u32) {
        // No operation of one has the name of another's.
        for faults in self.services.faults() {
            faults.add(operation, fault, times);
        }
    }

    /// No call meets a fault any more.
    pub fn mend(&self) {
        for faults in self.services.faults() {
            faults.set(Fault::None);
        }
    }

    /// Says when a call begins to hang.
    pub fn hangs(&self) -> &Hangs {
        &self.hangs
    }

    /// What was published to the topic of this name, oldest first; the last 1,000 messages.
    pub fn published(&self, topic: &str) -> Vec<Published> {
        self.services.sns.published(topic)
    }

    /// Every value that a secret ever had in this process, deleted ones too, so that a test can search for them.
    pub fn ever_held(&self) -> EverHeld {
        self.services.secrets.ever_held().clone()
    }

    /// The rows of every table, to be looked at without a call.
    pub fn rows(&self) -> Rows {
        self.rows.clone()
    }

    /// Remembers every call from now on, for [`Self::take_calls`]; forgets those before.
    pub fn record_calls(&self) {
        self.services.calls.begin();
    }

    /// The calls since the recording began, or since they were taken last, in their order.
    pub fn take_calls(&self) -> Vec<Call> {
        self.services.calls.take()
    }

    /// Ends the servers and waits until they have ended; dropping does the same.
    pub fn shutdown(self) {}
}

/// What a function takes from a queue, which can be switched off while it runs. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Intake {
    settings: Arc<Settings>,
    queue: String,
}

impl Intake {
    /// Whether messages may be taken now.
    pub fn is_on(&self) -> bool {
        self.settings.takes(&self.queue)
    }
}

impl Services {
    /// Of each service that can be told to fail.
    fn faults(&self) -> [&Faults; 10] {
        [
            self.dynamodb.faults(),
            self.sqs.faults(),
            self.sns.faults(),
            self.kms.faults(),
            self.secrets.faults(),
            self.s3.faults(),
            self.logs.faults(),
            self.ecs.faults(),
            self.eventbridge.faults(),
            self.functions.settings().faults(),
        ]
    }
}

impl Data {
    fn file(&self, name: &str) -> Option<PathBuf> {
        match self {
            Self::Memory => None,
            Self::Dir(folder) => Some(folder.join(name)),
        }
    }
}

/// Services are told apart by the header that AWS's JSON protocols carry; those that have no such header, by their paths,
/// and SNS by its forms.
async fn route(State(services): State<Arc<Services>>, request: Request<Body>) -> Response<Body> {
    let target = request.headers().get("x-amz-target").and_then(|value| value.to_str().ok());
    let Some(target) = target.map(str::to_owned) else { return route_by_path(&services, request).await };
    match target.split_once('.') {
        Some(("DynamoDB_20120810" | "DynamoDBStreams_20120810", operation)) => {
            let request = heard(&services, Service::DynamoDb, operation, request).await;
            services.dynamodb.call(operation, request).await
        }
        Some(("AmazonSQS", operation)) => {
            let request = heard(&services, Service::Sqs, operation, request).await;
            services.sqs.call(operation, request).await
        }
        Some(("secretsmanager", operation)) => {
            let request = heard(&services, Service::SecretsManager, operation, request).await;
            services.secrets.call(operation, request).await
        }
        Some(("TrentService", operation)) => {
            let trace = trace(request.headers()).map(str::to_owned);
            services.kms.call(operation, request, &services.calls, trace.as_deref()).await
        }
        Some(("Logs_20140328", operation)) => {
            let trace = trace(request.headers()).map(str::to_owned);
            services.logs.call(operation, request, &services.calls, trace.as_deref()).await
        }
        Some(("AWSEvents", operation)) => {
            let trace = trace(request.headers()).map(str::to_owned);
            services.eventbridge.call(operation, request, &services.calls, trace.as_deref()).await
        }
        Some(("AmazonEC2ContainerServiceV20141113", operation)) => {
            let request = heard(&services, Service::Ecs, operation, request).await;
            services.ecs.call(operation, request).await
        }
        Some(("GraniteServiceVersion20100801", operation)) => {
            services.cloudwatch.call(operation, request).await
        }
        _ => {
            let message = format!("no service here answers {target:?}");
            answer("aws-local", "1.0", Err(ServiceError::client("UnknownOperationException", message)))
        }
    }
}

async fn route_by_path(services: &Services, request: Request<Body>) -> Response<Body> {
    if Sns::is_asked(&request) {
        let trace = trace(request.headers()).map(str::to_owned);
        return services.sns.call(request, &services.calls, trace.as_deref()).await;
    }
    if let Some(task) = Ecs::asked_about(request.uri().path()) {
        return services.ecs.metadata(task);
    }
    let (parts, body) = request.into_parts();
    if let Some(function) = Functions::asked(&parts) {
        services.calls.invoked(&function, trace(&parts.headers));
        return services.functions.call(&function, Request::from_parts(parts, body)).await;
    }
    if let Some(asked) = Settings::asked(&parts.method, parts.uri.path()) {
        let body = axum::body::to_bytes(body, MAX_RECORDED).await.unwrap_or_default();
        let settings = services.functions.settings();
        return settings.call(&asked, &parts.uri, &body, &services.calls, trace(&parts.headers)).await;
    }
    services.s3.call(Request::from_parts(parts, body), &services.calls).await
}

/// What X-Ray would follow.
fn trace(headers: &HeaderMap) -> Option<&str> {
    headers.get("x-amzn-trace-id")?.to_str().ok()
}

/// The same request, remembered if anybody wants to know. One that no service would take loses its body here, and is
/// refused for that.
async fn heard(
    services: &Services,
    service: Service,
    operation: &str,
    request: Request<Body>,
) -> Request<Body> {
    if !services.calls.is_on() {
        return request;
    }
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, MAX_RECORDED).await.unwrap_or_default();
    services.calls.note(service, operation, &body, trace(&parts.headers));
    Request::from_parts(parts, Body::from(body))
}
