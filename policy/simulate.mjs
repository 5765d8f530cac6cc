// Asks a simulator of IAM that is not ours (npm @cloud-copilot/iam-simulate) what roles may do.
// It is run as an expression where the packages lie, so that their names are found.
//
// In, on the standard input: {account, context, roles: {ARN: [policy]}, resources: {ARN: policy}, questions: [{role, action,
// on, context}]}. A question's context comes on top of the common one, and null takes a key away. The policy of a resource
// also stands for what is in it. Out: a list with, for each question, "Allowed", "ExplicitlyDenied", "ImplicitlyDenied", or an
// object that says what the simulator would not take.
import { runSimulation } from "@cloud-copilot/iam-simulate";

let text = "";
for await (const chunk of process.stdin) text += chunk;
const { account, context: common, roles, resources, questions } = JSON.parse(text);

// An organisation that forbids nothing: what it would forbid is not ours to count on.
const everything = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] };
const organisation = [{ orgIdentifier: "r-root", policies: [{ name: "everything", policy: everything }] }];

const policyOf = (arn) => resources[arn] ?? resources[arn.split("/")[0]];

function known(role, own) {
  const all = { "aws:PrincipalArn": role, "aws:PrincipalAccount": account, ...common, ...own };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null));
}

async function answer({ role, action, on, context }) {
  const { resultType, overallResult, errors } = await runSimulation(
    {
      request: {
        principal: role,
        action,
        resource: { resource: on, accountId: account },
        contextVariables: known(role, context),
      },
      identityPolicies: roles[role].map((policy, index) => ({ name: `policy-${index}`, policy })),
      serviceControlPolicies: organisation,
      resourceControlPolicies: [],
      resourcePolicy: policyOf(on),
    },
    {},
  );
  return resultType === "error" ? errors : overallResult;
}

const answers = [];
for (const question of questions) answers.push(await answer(question));
console.log(JSON.stringify(answers));
